"""Lines that were not looked at before. Logs repeat themselves, digits aside: a progress bar, a line a step.

Searching only what is new is several times faster on such logs. Where a log does not repeat itself the work is
not worth its while, and is left off after some chunks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, compress
from operator import not_

_DIGITS = b"0123456789"
_LINE_ENDS = bytes.maketrans(b"\r", b"\n")
_LIMIT = 1 << 18  # lines that are remembered, by a number each
_WORTH = 0.7  # share of new lines above which searching everything is faster
_TRIES = 4  # chunks with more new lines than that, until it is left off


@dataclass(frozen=True, slots=True)
class Fresh:
    """New lines of one piece: their text, joined, where each begins there and in the piece, and its key."""

    text: bytes
    starts: list[int]
    origins: list[int]
    keys: list[int]

    def line_at(self, place: int) -> int:
        """The number of the line that holds a place in `text`."""
        return bisect_right(self.starts, place) - 1

    def end_of(self, line: int) -> int:
        """Where a line ends in `text`."""
        return self.starts[line + 1] - 1 if line + 1 < len(self.starts) else len(self.text)


class Memory:
    """Which lines are dull: looked at, and without any anchor."""

    def __init__(self, longest: int) -> None:
        self._longest = longest  # bytes of a line; pieces with longer ones are searched whole
        self._dull: set[int] = set()
        self._vain = 0

    def fresh(self, piece: bytes) -> Fresh | None:
        """The lines of a piece that are not known to be dull; None where searching it whole is better."""
        if self._vain >= _TRIES:
            return None
        keys = list(map(hash, piece.translate(_LINE_ENDS, _DIGITS).split(b"\n")))
        new = list(compress(range(len(keys)), map(not_, map(self._dull.__contains__, keys))))
        if len(new) > _WORTH * len(keys):
            self._vain += 1
        lines = piece.translate(_LINE_ENDS).split(b"\n")
        ends = list(accumulate(map(len, lines), initial=0))  # without the line ends: one more for each line
        chosen = [lines[number] for number in new]
        sizes = list(map(len, chosen))
        if max(sizes, default=0) > self._longest:
            return None
        starts = [end + number for number, end in enumerate(accumulate(sizes[:-1], initial=0))]
        return Fresh(b"\n".join(chosen), starts, [ends[n] + n for n in new], [keys[n] for n in new])

    def knows(self, key: int) -> bool:
        """Whether a line is known to be dull."""
        return key in self._dull

    def dull(self, keys: Iterable[int]) -> None:
        """Remember lines that had nothing; when full, no more are taken."""
        if len(self._dull) < _LIMIT:
            self._dull.update(keys)


def key_of(line: bytes) -> int:
    """A line without its digits, as a number."""
    return hash(line.translate(None, _DIGITS))
