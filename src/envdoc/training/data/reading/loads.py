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
    """The quickest parser at hand. It may refuse what the release takes (NaN, long numbers): ask `value` then."""
    try:
        import orjson
    except ImportError:
        return _plain
    return orjson.loads


def _plain(raw: bytes) -> Any:
    found = json.loads(raw.decode("utf-8"))
    if b"\\u" in raw:
        json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is an error, as for orjson
    return found


def value(raw: bytes) -> Any:
    """The value of a JSON text, or Broken with the reason; takes NaN and long numbers, as the release does."""
    try:
        found = json.loads(raw.decode("utf-8").lstrip("\ufeff"))
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        return not_utf8(raw, error.start)
    except UnicodeEncodeError:
        return broken("half a surrogate pair (\\ud800 to \\udfff)")
    except json.JSONDecodeError as error:
        return broken(error.msg, error.colno)
    except RecursionError:
        return broken("nested too deep")
    except ValueError as error:  # a number of more than 4,300 digits
        return broken(str(error).partition(":")[0])
    return found


class _TwiceError(Exception):
    """Carries the key."""


def key_twice(raw: bytes) -> str:
    """A key that stands twice in one object of a JSON text; "" where there is none."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) != len(found):
            names = [name for name, _ in found]
            raise _TwiceError(next(name for name in names if names.count(name) > 1))
        return made

    try:
        json.loads(raw, object_pairs_hook=pairs)
    except _TwiceError as error:
        return str(error)
    return ""


def broken(why: str, column: int = 1, *, stop: bool = False) -> Broken:
    return Broken("data-json-broken", (("why", why), ("column", str(column))), stop=stop)


def not_utf8(raw: bytes, at: int, *, stop: bool = False) -> Broken:
    """What is wrong with bytes that are no UTF-8, and what they probably are."""
    return Broken("data-encoding", (("byte", f"0x{raw[at]:02x}"), ("guess", guess(raw))), stop=stop)


def guess(raw: bytes) -> str:
    """The encoding that bytes are probably in."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:64].count(0) > 8:
        return "UTF-16"
    try:
        raw[: 1 << 20].decode("gb18030")
    except UnicodeDecodeError:
        return "latin-1"
    return "GBK"
