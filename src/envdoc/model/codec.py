"""Values to JSON and back, by their type hints. One codec for every frozen value of the model.

Only what the model uses is supported: dataclasses, `tuple[T, ...]`, `dict[str, T]`, `T | None`, enums,
strings, numbers and booleans. A mistake in a file is reported with its path: `machine.gpus[1].name`.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from enum import Enum
from functools import cache, cached_property, partial
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
    shape: Any = kind
    return cast(T, _reader(shape)(data, (None, where or kind.__name__.lower())))


# Where a piece of data stands: what it stands in, and its key or index there. It becomes words in a message only.
_Place = tuple[Any, str | int]
_Reader = Callable[[object, _Place], object]
_Bound = tuple[tuple[Any, Any], ...]  # what the type variables of a generic class stand for


def _wrong(place: _Place, told: str, hint: str = "") -> DataError:
    return DataError(f"{_path(place)}: {told}", hint=hint)


def _path(place: _Place) -> str:
    """`machine.gpus[1].name`."""
    outer, key = place
    if outer is None:
        return str(key)
    return f"{_path(outer)}[{key}]" if isinstance(key, int) else f"{_path(outer)}.{key}"


@cache
def _reader(kind: Any, bound: _Bound = ()) -> _Reader:
    """What makes a value of `kind` of data; made once a kind, since a snapshot has thousands of facts."""
    if isinstance(kind, TypeVar):
        kind = dict(bound).get(kind, kind)
    if kind is Any:
        return lambda data, _: data
    if isinstance(kind, type) and not is_value(kind):
        return partial(_enum if issubclass(kind, Enum) else _plain, kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = next(each for each in arguments if each is not types.NoneType)
        return partial(_optional, _reader(inner, bound))
    if origin is tuple:
        return partial(_tuple, _reader(arguments[0], bound))
    if origin is dict:
        return partial(_dict, _reader(arguments[1], bound))
    base = origin or kind
    stand_for = (dict(bound).get(each, each) for each in arguments)
    return _Fields(base, tuple(zip(getattr(base, "__parameters__", ()), stand_for, strict=False)))


def _optional(inner: _Reader, data: object, place: _Place) -> object:
    return None if data is None else inner(data, place)


def _tuple(inner: _Reader, data: object, place: _Place) -> object:
    if not isinstance(data, list):
        raise _wrong(place, f"expected a list, found {_named(data)}")
    return tuple(inner(item, (place, number)) for number, item in enumerate(data))


def _dict(inner: _Reader, data: object, place: _Place) -> object:
    if not isinstance(data, dict):
        raise _wrong(place, f"expected an object, found {_named(data)}")
    return {str(key): inner(item, (place, str(key))) for key, item in data.items()}


class _Fields:
    """Reads a value of a class by its fields."""

    def __init__(self, kind: Any, bound: _Bound) -> None:
        self._kind = kind
        self._bound = bound

    @cached_property
    def _readers(self) -> dict[str, _Reader]:
        """Made at the first value: a class may hold values of its own kind."""
        hints = written_kinds(self._kind).items()
        return {name: _reader(_meaning(hint, module), self._bound) for name, (hint, module) in hints}

    def __call__(self, data: object, place: _Place) -> object:
        if not isinstance(data, dict):
            raise _wrong(place, f"expected an object, found {_named(data)}")
        readers = self._readers
        if unknown := sorted(data.keys() - readers.keys()):
            raise _wrong(place, f"unknown field {unknown[0]!r}", f"known fields: {', '.join(readers)}")
        values = {name: readers[name](item, (place, name)) for name, item in data.items()}
        try:
            return self._kind(**values)
        except (TypeError, ValueError) as error:
            raise _wrong(place, str(error)) from error


@cache
def _meaning(hint: str, module: str) -> Any:
    """What a hint of ours means where it is written. `typing.get_type_hints` does the same, for any class, and takes
    four times as long, in each start that reads a profile."""
    return eval(hint, vars(sys.modules[module]))  # noqa: S307 - the source of our own classes


def _enum(kind: type[Enum], data: object, place: _Place) -> object:
    try:
        return kind(data)
    except (ValueError, TypeError):  # TypeError: a list where a word belongs
        allowed = ", ".join(str(member.value) for member in kind)
        raise _wrong(place, f"{data!r} is not one of {allowed}") from None


def _plain(kind: Any, data: object, place: _Place) -> object:
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise _wrong(place, f"expected {kind.__name__}, found {_named(data)}")
    return data


def _named(data: object) -> str:
    return "nothing" if data is None else type(data).__name__
