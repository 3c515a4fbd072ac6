"""JSON from anywhere, within bounds: nesting, sizes of numbers, no NaN.

Every JSON text that somebody else may have written (snapshots, journals, state files, variables, a model's config, a
package's records, an index's answer) goes through `loads`: whoever walks its data needs no bound of their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

LARGEST = 1 << 63  # a size in bytes fits; a number of 5,000 digits is none of ours
DEEPEST = 60  # a Machine is some 10 deep


def loads(text: str | bytes, *, any_number: bool = False, pairs: Callable[[list[Any]], Any] | None = None) -> Any:
    """The data of a JSON text.

    Args:
        any_number: numbers are taken as Python's reader takes them: a tokenizer's length of 10 to the power of 30.
        pairs: what makes an object of its keys and values.

    Raises:
        ValueError: not JSON (`json.JSONDecodeError`), nested deeper than `DEEPEST`, or with a number that no fact of
            ours can be.
    """
    numbers: dict[str, Any] = (
        {} if any_number else {"parse_int": _whole, "parse_float": _real, "parse_constant": _constant}
    )
    try:
        data = json.loads(text, object_pairs_hook=pairs, **numbers)
    except RecursionError:
        raise TooDeepError from None
    _bounded(data)
    return data


class TooDeepError(ValueError):
    """Nested deeper than anything that is read here."""

    def __init__(self) -> None:
        super().__init__(f"nested deeper than {DEEPEST}")


def table(text: str | bytes, *, any_number: bool = False) -> dict[str, Any]:
    """The data of a JSON text that must be an object.

    Raises:
        ValueError: as `loads`, or not an object.
    """
    data = loads(text, any_number=any_number)
    if not isinstance(data, dict):
        raise ValueError(f"expected an object, found {'nothing' if data is None else type(data).__name__}")
    return data


def _bounded(data: Any) -> None:
    level = [data]
    for _ in range(DEEPEST):
        level = [item for each in level if isinstance(each, _HOLDERS) for item in _inside(each)]
        if not level:
            return
    raise TooDeepError


_HOLDERS = (dict, list, tuple)


def _inside(data: dict[str, Any] | list[Any] | tuple[Any, ...]) -> Any:
    return data.values() if isinstance(data, dict) else data


def _whole(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > LARGEST:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _real(digits: str) -> float:
    if len(digits) > 100 or abs(value := float(digits)) > LARGEST:
        raise ValueError("a number too large")
    return value


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
