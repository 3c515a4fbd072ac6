"""JSON from anywhere, within bounds: nesting, sizes of numbers, no NaN.

Every JSON file that somebody else may have written (snapshots, journals, state files, variables) goes through
`loads`.
"""

from __future__ import annotations

import json
from typing import Any

LARGEST = 1 << 63  # a size in bytes fits; a number of 5,000 digits is none of ours
DEEPEST = 60  # a Machine is some 10 deep


def loads(text: str | bytes) -> Any:
    """The data of a JSON text.

    Raises:
        ValueError: not JSON, nested deeper than `DEEPEST`, or with a number that no fact of ours can be.
    """
    try:
        data = json.loads(text, parse_int=_whole, parse_float=_real, parse_constant=_constant)
    except RecursionError:
        raise ValueError(f"nested deeper than {DEEPEST}") from None
    _bounded(data)
    return data


def table(text: str | bytes) -> dict[str, Any]:
    """The data of a JSON text that must be an object.

    Raises:
        ValueError: as `loads`, or not an object.
    """
    data = loads(text)
    if not isinstance(data, dict):
        raise ValueError(f"expected an object, found {'nothing' if data is None else type(data).__name__}")
    return data


def _bounded(data: Any) -> None:
    level = [data]
    for _ in range(DEEPEST):
        level = [item for each in level if isinstance(each, (dict, list)) for item in _inside(each)]
        if not level:
            return
    raise ValueError(f"nested deeper than {DEEPEST}")


def _inside(data: dict[str, Any] | list[Any]) -> Any:
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
