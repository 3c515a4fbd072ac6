"""Where anchors stand: counted everywhere, cut out with their surroundings at their first and last places only.

The last place of an anchor is not known before the log's end. A window is costly to cut out, so the last ones wait
for one chunk: mostly the next one has later ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.diagnose.clean import LINE_LIMIT, clean
from envdoc.diagnose.values import LogLine, Sighting
from envdoc.model.value import dataclass

BEFORE, AFTER = 40, 16  # lines of a window
CONTEXT_LIMIT = 400  # characters of a line in the window other than the anchor's
LOOKBACK, LOOKAHEAD = 24 << 10, 12 << 10  # bytes around a line that its window is cut out of
FIRST, LAST = 4, 3  # sightings kept for each anchor

Span = tuple[int, int]  # a line's start and end in the buffer


class Alike:
    """Lines of a piece that are alike: their numbers in it, and where each line of it ends (newlines not counted)."""

    def __init__(self, numbers: list[int], ends: list[int]) -> None:
        self._numbers, self._ends = numbers, ends

    def __len__(self) -> int:
        return len(self._numbers)

    def span(self, index: int) -> Span:
        number = self._numbers[index]
        return self._ends[number] + number, self._ends[number + 1] + number

    def ends(self, done: int) -> list[Span]:
        """From one on, the first and the last: no other is ever cut out."""
        left = range(done, len(self))
        return [self.span(index) for index in (left if len(left) <= FIRST + LAST else (*left[:FIRST], *left[-LAST:]))]


class Places:
    """An anchor's lines in one chunk: how many, and the first and last of them."""

    def __init__(self) -> None:
        self.times = 0
        self._spans: list[Span] = []

    def add(self, spans: list[Span], times: int = 1) -> None:
        """The ends of some lines in order; those of other calls may stand between them."""
        self.times += times
        self._spans += spans

    def ends(self, room: int) -> tuple[list[Span], list[Span]]:
        """The first `room` lines, and of the others the last ones."""
        spans = sorted(self._spans)
        return spans[:room], spans[room:][-LAST:]


@dataclass(frozen=True, slots=True)
class _Place:
    """A line in a chunk that may be gone from the scanner by now."""

    chunk: bytes
    base: int  # of the chunk in the stream
    span: Span
    number: int

    def sighting(self, anchor: str) -> Sighting:
        start, end = self.span
        before = list(_lines_before(self.chunk, start, self.number))[-BEFORE:]
        hit = LogLine(self.number, clean(self.chunk[max(start, end - LINE_LIMIT * 4) : end]))
        after = list(_lines_after(self.chunk, end, self.number))[:AFTER]
        return Sighting(anchor, len(before), (*before, hit, *after), self.base + start)


class Sights:
    """The sightings of a whole scan."""

    def __init__(self) -> None:
        self._first: dict[str, list[Sighting]] = {}
        self._last: dict[str, list[Sighting]] = {}
        self._waiting: dict[str, list[_Place]] = {}
        self._times: dict[str, int] = {}

    def take(self, found: dict[str, Places], chunk: bytes, base: int, newlines: int) -> None:
        """The anchors of one chunk that begins at `base` in the stream, after so many ends of lines."""
        waiting, self._waiting = self._waiting, {}
        wanted: dict[Span, list[tuple[str, bool]]] = {}
        for anchor, places in found.items():
            self._times[anchor] = self._times.get(anchor, 0) + places.times
            for early, spans in zip(
                (True, False), places.ends(FIRST - len(self._first.get(anchor, ()))), strict=True
            ):
                for span in spans:
                    wanted.setdefault(span, []).append((anchor, early))
        for place in _numbered(sorted(wanted), chunk, base, newlines):
            for anchor, early in wanted[place.span]:
                if early:
                    self._first.setdefault(anchor, []).append(place.sighting(anchor))
                else:
                    self._waiting.setdefault(anchor, []).append(place)
        for anchor, late in waiting.items():
            self._outlived(anchor, late)

    def _outlived(self, anchor: str, late: list[_Place]) -> None:
        """Cut out what waited and is still among the last: its chunk goes."""
        room = LAST - len(self._waiting.get(anchor, ()))
        if room:
            kept = [*self._last.get(anchor, ()), *(place.sighting(anchor) for place in late[-room:])]
            self._last[anchor] = kept[-room:]

    def finish(self) -> tuple[dict[str, list[Sighting]], dict[str, int]]:
        """Anchor -> first and last sightings in order; anchor -> how often it stands there."""
        waiting, self._waiting = self._waiting, {}
        for anchor, late in waiting.items():
            kept = [*self._last.get(anchor, ()), *(place.sighting(anchor) for place in late)]
            self._last[anchor] = kept[-LAST:]
        return {anchor: [*first, *self._last.get(anchor, ())] for anchor, first in self._first.items()}, self._times


def _numbered(spans: list[Span], chunk: bytes, base: int, newlines: int) -> Iterator[_Place]:
    number, counted = newlines + 1, 0
    for span in spans:
        number += chunk.count(b"\n", counted, span[0])
        counted = span[0]
        yield _Place(chunk, base, span, number)


def _lines_before(chunk: bytes, start: int, number: int) -> Iterator[LogLine]:
    parts = chunk[max(0, start - LOOKBACK) : start].split(b"\n")[-BEFORE - 1 :]
    first = number - len(parts) + 1
    for index, part in enumerate(parts):
        yield from _pieces(part, first + index)


def _lines_after(chunk: bytes, end: int, number: int) -> Iterator[LogLine]:
    for index, part in enumerate(chunk[end : end + LOOKAHEAD].split(b"\n")[: AFTER + 1]):
        yield from _pieces(part, number + index)


def _pieces(raw: bytes, number: int) -> Iterator[LogLine]:
    """A line of the file; where carriage returns overwrite it, its last two states."""
    for piece in raw.split(b"\r")[-3:]:
        text = clean(piece[: CONTEXT_LIMIT * 4])[:CONTEXT_LIMIT]
        if text:
            yield LogLine(number, text)
