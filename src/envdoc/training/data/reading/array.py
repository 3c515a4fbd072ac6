"""A JSON list of any length, one element at a time, by the standard library's own scanner over a window of it."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from typing import Any, BinaryIO

from envdoc.training.data.reading import Rows
from envdoc.training.data.reading.loads import LIMIT, broken, not_utf8
from envdoc.training.data.values import Broken, kind_of

_CHUNK = 1 << 20
_BLANK = " \t\r\n"
# The scanner's words where the end of the window may be at fault: `Unterminated string` names the string's beginning.
_OPEN_STRING = "Unterminated string"
_NEAR = 16  # characters before the window's end in which a literal, a number or an escape may be cut


class Window:
    """The part of the file that is in memory, as text, with the line it begins at."""

    def __init__(self, file: BinaryIO, on_piece: Callable[[int], None]) -> None:
        self._file = file
        self._on_piece = on_piece
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.text = ""
        self.at = 0
        self.line = 1
        self.mark = 0  # a hash of the element that was taken last
        self.ended = False
        self.broken: Broken | None = None

    def more(self) -> bool:
        """Read on, at least as much as is there already (so that a huge element costs linear time)."""
        if self.ended:
            return False
        size = max(_CHUNK, len(self.text) - self.at)
        raw = self._file.read(size)
        self._on_piece(len(raw))
        self.ended = len(raw) < size
        try:
            fresh = self._decoder.decode(raw, self.ended)
        except UnicodeDecodeError as error:
            fresh = raw[: error.start].decode("utf-8", "ignore")
            self.broken, self.ended = not_utf8(raw[max(0, error.start - 200) :], min(200, error.start)), True
        self.text = self.text[self.at :] + fresh
        self.at = 0
        return True

    def peek(self) -> str:
        """The next character that is no blank; "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _BLANK:
                self.line += self.text[self.at] == "\n"
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self) -> Any:
        """The next element, or Broken."""
        decode = json.JSONDecoder().raw_decode
        while True:
            try:
                value, end = decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if not self._cut(error):
                    return self._ended(error.msg, error.pos)
                error.doc, error.__context__ = "", None  # or the window lives as long as its error's frames
                if self.more():
                    continue
                return self._ended(error.msg, error.pos)
            except (ValueError, RecursionError) as error:
                return broken(_why(error), stop=True)
            if end == len(self.text) and self.more():  # a number may go on
                continue
            self.line += self.text.count("\n", self.at, end)
            self.mark = hash(self.text[self.at : end])
            self.at = end
            return value

    def _cut(self, error: json.JSONDecodeError) -> bool:
        """Whether it may be the window that ends, and not the file that is broken."""
        if len(self.text) - self.at > LIMIT:
            return False
        return error.msg.startswith(_OPEN_STRING) or error.pos >= len(self.text) - _NEAR

    def _ended(self, why: str, at: int) -> Broken:
        """The mistake at a place of the window: broken bytes behind it, or the scanner's own words."""
        if self.broken is not None:
            return Broken(self.broken.code, self.broken.values, stop=True)
        self.line += self.text.count("\n", self.at, at)
        return broken(why, at - self.text.rfind("\n", 0, at), stop=True)


def _why(error: Exception) -> str:
    return "nested too deep" if isinstance(error, RecursionError) else str(error).partition(":")[0]


def rows(file: BinaryIO, on_piece: Callable[[int], None]) -> Rows:
    """The elements of the list that the file holds. The first mistake ends it: nobody knows where the next begins.

    A list of texts becomes records with the column `text`, as in the release.
    """
    window = Window(file, on_piece)
    window.peek()
    window.at += 1  # the bracket
    if window.peek() == "]":
        window.at += 1
        yield from _after(window, 0)
        return
    record, first, sign = 0, None, ","
    while sign == ",":
        window.peek()
        record, line = record + 1, window.line
        found = window.take()
        if type(found) is Broken:
            yield record, window.line, found, 0
            return
        first = first or type(found)
        yield record, line, _column(found, first), window.mark
        sign = window.peek()
        window.at += 1
    if sign == "]":
        yield from _after(window, record)
    else:
        yield record, window.line, _separator(window, sign), 0


def _column(found: Any, first: type) -> Any:
    """A text of a list of texts as a record; another kind than the first record's is none."""
    if type(found) is not first:
        return Broken("data-record-shape", (("kind", kind_of(found)),))
    return {"text": found} if first is str else found


def _separator(window: Window, sign: str) -> Broken:
    if window.broken is not None and not sign:
        return Broken(window.broken.code, window.broken.values, stop=True)
    why = "the list does not end: `]` is missing" if not sign else "a comma is missing between two records"
    return broken(why, stop=True)


def _after(window: Window, record: int) -> Rows:
    if window.peek():
        yield record, window.line, broken("something follows the list's end", stop=True), 0
