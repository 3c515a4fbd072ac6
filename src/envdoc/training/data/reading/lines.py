"""JSON records one a line, or several lines a record: what the release reads from `.jsonl` and `.json` alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from envdoc.training.data.reading import Rows
from envdoc.training.data.reading.loads import LIMIT, broken, fast, key_twice, value
from envdoc.training.data.values import Broken

_LONGEST = 1 << 20  # bytes of a record that goes over several lines
_MOST_LINES = 5_000


def rows(file: BinaryIO, on_piece: Callable[[int], None], keys: tuple[str, ...] = ()) -> Rows:
    """Records of a file with one JSON value a line; blank lines and lines of `null` are none.

    `on_piece` is called with the number of bytes of each line. `keys` are those that may not stand twice in a record:
    the release's reader of lines refuses that, and parsers say nothing.
    """
    loads = fast()
    needles = tuple(json.dumps(key, ensure_ascii=False).encode() for key in keys)
    record = 0
    lines = _Lines(file, on_piece)
    for raw in lines:
        try:
            found = loads(raw)
        except (ValueError, RecursionError):
            if raw.isspace():
                continue
            for found, line, mark in _slowly(lines, raw):
                record += 1
                yield record, line, found, mark
            continue
        if found is None:
            continue
        record += 1
        for needle in needles:
            if raw.count(needle) > 1 and (twice := key_twice(raw)):
                found = broken(f"the key {json.dumps(twice, ensure_ascii=False)} stands twice in one object")
        yield record, lines.number, found, hash(raw)


class _Lines:
    """The lines of a file, of which some can be read ahead and given back."""

    def __init__(self, file: BinaryIO, on_piece: Callable[[int], None]) -> None:
        self._file = file
        self._on_piece = on_piece
        self._back: list[bytes] = []
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        readline, on_piece = self._file.readline, self._on_piece
        while True:
            while self._back:
                raw = self._back.pop()
                self.number += 1
                on_piece(len(raw))
                yield raw
            raw = readline(LIMIT)
            if not raw:
                return
            self.number += 1
            on_piece(len(raw))
            yield raw

    def ahead(self) -> bytes:
        """The next line, which does not count yet; b"" at the end."""
        raw = self._back.pop() if self._back else self._file.readline(LIMIT)
        self._on_piece(len(raw))
        return raw

    def give_back(self, lines: list[bytes]) -> None:
        """Lines that `ahead` gave, in their order."""
        self._back.extend(reversed(lines))
        for raw in lines:
            self._on_piece(-len(raw))

    def skip_line(self) -> None:
        while rest := self._file.readline(1 << 20):
            self._on_piece(len(rest))
            if rest.endswith(b"\n"):
                return


def _slowly(lines: _Lines, raw: bytes) -> Iterator[tuple[Any, int, int]]:
    """What a line holds that is not one plain value: (value or Broken, line, hash)."""
    start = lines.number
    if len(raw) == LIMIT and not raw.endswith(b"\n"):
        lines.skip_line()
        yield Broken("data-record-huge", (("limit", f"{LIMIT >> 20} MiB"),)), start, 0
        return
    found = value(raw)
    if type(found) is not Broken:
        yield found, start, hash(raw)
        return
    several = _objects(raw) if found.code == "data-json-broken" else []
    if not several and _goes_on(raw, found):
        several = _over_lines(lines, raw)
    for each, line in several:
        yield each, start + line, hash(repr(each))
    if not several:
        yield found, start, 0


def _goes_on(raw: bytes, found: Broken) -> bool:
    """Whether the line is the beginning of an object that ends further down."""
    return found.code == "data-json-broken" and raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _over_lines(lines: _Lines, first: bytes) -> list[tuple[Any, int]]:
    """An object that goes over several lines; nothing, and the lines given back, where there is none."""
    taken: list[bytes] = []
    size = len(first)
    while size < _LONGEST and len(taken) < _MOST_LINES and (raw := lines.ahead()):
        taken.append(raw)
        size += len(raw)
        if raw.rstrip().endswith((b"}", b"]")) and (found := _objects(first + b"".join(taken))):
            lines.number += len(taken)
            return found
    lines.give_back(taken)
    return []


def _objects(raw: bytes) -> list[tuple[Any, int]]:
    """All values of a text, one after the other, each with the lines before it; none where one is broken."""
    decode = json.JSONDecoder().raw_decode
    found, at, line = [], 0, 0
    try:
        text = raw.decode("utf-8-sig")
        while (start := _next(text, at)) < len(text):
            line += text.count("\n", at, start)
            each, end = decode(text, start)
            json.dumps(each, ensure_ascii=False).encode()  # half a surrogate pair is an error
            found.append((each, line))
            line += text.count("\n", start, end)
            at = end
    except (ValueError, RecursionError):
        return []
    return found


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
