"""JSON records one a line, or several lines a record: what the release reads from `.jsonl`, and from `.json` alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import BinaryIO

from envdoc.training.data.reading import Row, Rows
from envdoc.training.data.reading.loads import LIMIT, fast, value
from envdoc.training.data.values import Broken

_WHOLE = 64 << 20  # bytes: an object over several lines is looked for in files up to this size
_BOM = b"\xef\xbb\xbf"


def rows(file: BinaryIO, on_piece: Callable[[int], None]) -> Rows:
    """Records of a file with one JSON value a line; blank lines count as lines only.

    `on_piece` is called with the number of bytes after each line.
    """
    loads = fast()
    line = record = 0
    while raw := file.readline(LIMIT):
        line += 1
        on_piece(len(raw))
        if raw.isspace():
            continue
        record += 1
        if len(raw) == LIMIT and not raw.endswith(b"\n"):
            yield record, line, Broken("data-record-huge", (("limit", f"{LIMIT >> 20} MiB"),)), 0
            _skip_line(file, on_piece)
            continue
        try:
            found = loads(raw)
        except (ValueError, RecursionError):
            found = value(raw)
            if type(found) is Broken and record == 1 and _object_begins(raw, found):
                yield from _pretty(file, raw, found)
                return
        yield record, line, found, hash(raw)


def _skip_line(file: BinaryIO, on_piece: Callable[[int], None]) -> None:
    while rest := file.readline(1 << 20):
        on_piece(len(rest))
        if rest.endswith(b"\n"):
            return


def _object_begins(raw: bytes, found: Broken) -> bool:
    return found.code == "data-json-broken" and raw.removeprefix(_BOM).lstrip().startswith(b"{")


def _pretty(file: BinaryIO, first: bytes, broken: Broken) -> Rows:
    """Objects that go over several lines, or stand side by side in one; else the first line's own mistake."""
    rest = file.read(_WHOLE)
    try:
        text = (first + rest).decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    found = [] if len(rest) == _WHOLE else _objects(text)
    if found:
        yield from found
        return
    yield 1, 1, Broken(broken.code, broken.values, stop=True), 0


def _objects(text: str) -> list[Row]:
    """All values of a text, one after the other; none where one of them is broken."""
    decode = json.JSONDecoder().raw_decode
    found: list[Row] = []
    at, line = 0, 1
    try:
        while (start := _next(text, at)) < len(text):
            line += text.count("\n", at, start)
            value, end = decode(text, start)
            found.append((len(found) + 1, line, value, hash(text[start:end])))
            line += text.count("\n", start, end)
            at = end
    except (ValueError, RecursionError):
        return []
    return found


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
