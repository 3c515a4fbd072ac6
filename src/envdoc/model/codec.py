"""Values to JSON and back, by their type hints. One codec for every frozen value of the model.

Only what the model uses is supported: dataclasses, `tuple[T, ...]`, `dict[str, T]`, `T | None`, enums,
strings, numbers and booleans. A mistake in a file is reported with its path: `machine.gpus[1].name`.
"""

from __future__ import annotations

import sys
import types
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin

from envdoc.errors import DataError
from envdoc.model.value import defaults, is_value, written_kinds

T = TypeVar("T")
Json = None | bool | int | float | str | list[Any] | dict[str, Any]


def encode(value: object) -> Json:
    """A model value as JSON data. Fields that hold their default are left out, so files stay readable."""
    if isinstance(value, Enum):
        return cast(Json, value.value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    if is_value(value):
        return _encode_fields(value)
    raise TypeError(f"not a model value: {type(value).__name__}")


def _encode_fields(value: Any) -> dict[str, Json]:
    out: dict[str, Json] = {}
    kind: Any = type(value)
    for name, default in _defaults(kind):
        item = getattr(value, name)
        if default is NotImplemented or item != default:
            out[name] = encode(item)
    return out


_defaults = cache(defaults)


def decode(kind: type[T], data: object, where: str = "") -> T:
    """JSON data as a value of `kind`.

    Raises:
        DataError: the data does not have the shape of `kind`; the message names the place.
    """
    return cast(T, _decode(kind, data, where or kind.__name__.lower(), {}))


def _decode(kind: Any, data: object, where: str, bound: dict[Any, Any]) -> object:
    if isinstance(kind, TypeVar):
        kind = bound.get(kind, kind)
    if kind is Any:
        return data
    if isinstance(kind, type) and not is_value(kind):
        return _decode_enum(kind, data, where) if issubclass(kind, Enum) else _decode_plain(kind, data, where)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode_optional(kind, data, where, bound)
    if origin is tuple:
        return _decode_tuple(kind, data, where, bound)
    if origin is dict:
        return _decode_dict(kind, data, where, bound)
    return _decode_fields(kind, data, where, bound)


def _decode_optional(kind: Any, data: object, where: str, bound: dict[Any, Any]) -> object:
    if data is None:
        return None
    inner = [arg for arg in get_args(kind) if arg is not type(None)]
    return _decode(inner[0], data, where, bound)


def _decode_tuple(kind: Any, data: object, where: str, bound: dict[Any, Any]) -> object:
    if not isinstance(data, list):
        raise DataError(f"{where}: expected a list, found {_named(data)}")
    inner = get_args(kind)[0]
    return tuple(_decode(inner, item, f"{where}[{n}]", bound) for n, item in enumerate(data))


def _decode_dict(kind: Any, data: object, where: str, bound: dict[Any, Any]) -> object:
    if not isinstance(data, dict):
        raise DataError(f"{where}: expected an object, found {_named(data)}")
    inner = get_args(kind)[1]
    return {str(key): _decode(inner, item, f"{where}.{key}", bound) for key, item in data.items()}


def _decode_fields(kind: Any, data: object, where: str, bound: dict[Any, Any]) -> object:
    if not isinstance(data, dict):
        raise DataError(f"{where}: expected an object, found {_named(data)}")
    base = get_origin(kind) or kind
    inner = dict(zip(getattr(base, "__parameters__", ()), (bound.get(a, a) for a in get_args(kind)), strict=False))
    hints = _hints(base)
    unknown = sorted(set(data) - set(hints))
    if unknown:
        raise DataError(f"{where}: unknown field {unknown[0]!r}", hint=f"known fields: {', '.join(hints)}")
    values = {name: _decode(hints[name], item, f"{where}.{name}", inner) for name, item in data.items()}
    try:
        return base(**values)
    except (TypeError, ValueError) as error:
        raise DataError(f"{where}: {error}") from error


@cache
def _hints(kind: type) -> dict[str, Any]:
    return {name: _meaning(hint, module) for name, (hint, module) in written_kinds(kind).items()}


@cache
def _meaning(hint: str, module: str) -> Any:
    """What a hint of ours means where it is written. `typing.get_type_hints` does the same, for any class, and takes
    four times as long, in each start that reads a profile."""
    return eval(hint, vars(sys.modules[module]))  # noqa: S307 - the source of our own classes


def _decode_enum(kind: type[Enum], data: object, where: str) -> Enum:
    try:
        return kind(data)
    except (ValueError, TypeError):  # TypeError: a list where a word belongs
        allowed = ", ".join(str(member.value) for member in kind)
        raise DataError(f"{where}: {data!r} is not one of {allowed}") from None


def _decode_plain(kind: Any, data: object, where: str) -> object:
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise DataError(f"{where}: expected {kind.__name__}, found {_named(data)}")
    return data


def _named(data: object) -> str:
    return "nothing" if data is None else type(data).__name__
