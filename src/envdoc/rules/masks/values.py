"""Data with names: JSON documents and model values, whose every string (and key) is masked by its own name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, TypeVar, cast

from envdoc.model.value import is_value, replace
from envdoc.rules.masks.base import GONE
from envdoc.rules.masks.names import Family, family
from envdoc.rules.masks.people import NOBODY, Identity
from envdoc.rules.masks.plausible import can_be_secret
from envdoc.rules.masks.texts import anonymous, mask_of

T = TypeVar("T")


def mask_data(value: T) -> T:
    """The value without secrets. What has none is returned itself."""
    return cast(T, _walk(value, "", mask_of(_texts(value))))


def anonymous_data(value: T, identity: Identity = NOBODY) -> T:
    """The value without secrets, names, addresses and identifiers.

    Raises:
        TypeError: something in it is neither JSON nor a model value.
    """
    return cast(T, _walk(value, "", lambda text: anonymous(text, identity).text))


def _texts(value: Any) -> Iterator[str]:
    """Every string in the value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif is_value(type(value)) and not isinstance(value, Enum):
        for name in type(value).__match_args__:
            yield from _texts(getattr(value, name))
    elif _is_dataclass(value):
        for name in value.__dataclass_fields__:
            yield from _texts(getattr(value, name))


def _walk(value: Any, name: str, told: Callable[[str], str]) -> Any:
    if isinstance(value, Enum) or value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return GONE if is_secret(name, value) else told(value)
    if isinstance(value, dict):
        return {told(key): _walk(item, key, told) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_walk(item, name, told) for item in value)
    if is_value(type(value)) or _is_dataclass(value):
        return _fields(value, told)
    raise TypeError(f"cannot mask a {type(value).__name__}")


def _is_dataclass(value: Any) -> bool:
    """Of the standard kind; asked without `dataclasses`, which brings `inspect` along (10 ms of start-up)."""
    return hasattr(type(value), "__dataclass_fields__")


def _fields(value: Any, told: Callable[[str], str]) -> Any:
    names = getattr(type(value), "__match_args__", ()) or tuple(value.__dataclass_fields__)
    changed = {}
    for name in names:
        old = getattr(value, name)
        new = _walk(old, name, told)
        if new is not old and new != old:
            changed[name] = new
    return replace(value, **changed) if changed else value


def is_secret(name: str, value: str) -> bool:
    """Whether a variable of this name with this value tells a secret."""
    kind = family(name) if name else None
    return kind in (Family.SURE, Family.LIKELY) and can_be_secret(value, kind, quoted=True)
