"""One JSON text -> its value: orjson where it is installed, else the standard library."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from envdoc.training.data.values import Broken

LIMIT = 128 << 20  # bytes of one record; longer ones are not read


@cache
def fast() -> Callable[[bytes], Any]:
    """The quickest parser at hand. orjson refuses what others take (NaN, numbers beyond 64 bits): ask `value` then."""
    try:
        import orjson
    except ImportError:
        return json.loads
    return orjson.loads


def value(raw: bytes) -> Any:
    """The value of a JSON text, or Broken with the reason; takes what Python's own parser takes."""
    try:
        return json.loads(raw.decode("utf-8").lstrip("\ufeff"))
    except UnicodeDecodeError as error:
        return not_utf8(raw, error.start)
    except json.JSONDecodeError as error:
        return Broken("data-json-broken", (("why", error.msg), ("column", str(error.colno))))
    except RecursionError:
        return Broken("data-json-broken", (("why", "nested too deep"), ("column", "1")))
    except ValueError as error:  # a number of more than 4,300 digits
        return Broken("data-json-broken", (("why", str(error).partition(":")[0]), ("column", "1")))


def not_utf8(raw: bytes, at: int) -> Broken:
    """What is wrong with bytes that are no UTF-8, and what they probably are."""
    return Broken("data-encoding", (("byte", f"0x{raw[at]:02x}"), ("guess", guess(raw))))


def guess(raw: bytes) -> str:
    """The encoding that bytes are probably in."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:64].count(0) > 8:
        return "UTF-16"
    try:
        raw[: 1 << 20].decode("gb18030")
    except UnicodeDecodeError:
        return "latin-1"
    return "GBK"
