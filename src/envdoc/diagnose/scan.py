"""One pass over a log of any size: literal anchors found, small windows around them kept, nothing else.

Time is linear in the log's size whatever it contains: gates (see `gates`) that its words allow (see `words`) are
found by `bytes.find`, a line is cut out once, and only its first LINE_LIMIT characters are compared. Memory is
bounded: one chunk, a few windows for each anchor, and the log's head and tail for the facts.
"""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.diagnose.clean import LINE_LIMIT, boxed, clean, without_prefix
from envdoc.diagnose.values import GateTable, LogLine, Sighting
from envdoc.diagnose.words import Words

CHUNK = 1 << 21
PIECE = 1 << 16  # bytes whose words are looked at together: they fit into the nearest cache
BEFORE, AFTER = 40, 16  # lines of a window
CONTEXT_LIMIT = 400  # characters of a line in the window other than the anchor's
LOOKBACK, LOOKAHEAD = 24 << 10, 12 << 10  # bytes kept around for windows
LINE_BYTES = LINE_LIMIT * 4
FIRST, LAST = 4, 3  # sightings kept for each anchor
ENDS = 128 << 10  # bytes of head and of tail kept for facts
_DIGITS, _LINE_ENDS = b"0123456789", bytes.maketrans(b"\r", b"\n")
_NO_DIGITS = str.maketrans("", "", _DIGITS.decode())
_LINES = 1 << 17  # that are remembered
_OVERLAP = 128  # bytes; no gate is longer
_CROWDED = 100  # gates of a piece from which on it is dealt with line by line
_WRAPPED_FROM = 12  # shorter lines are no part of a wrapped message


class Seen:
    """What a scan brings home."""

    def __init__(self) -> None:
        self.sightings: dict[str, list[Sighting]] = {}
        self.times: dict[str, int] = {}
        self.head = self.tail = b""
        self.bytes = self.lines = 0


class Scanner:
    """Feed it UTF-8-like bytes in any pieces, then `finish`."""

    def __init__(self, gates: GateTable) -> None:
        self.seen = Seen()
        self._gates = gates
        self._bare: dict[bytes, list[str]] = {}  # the anchors with digits, without them
        self._waiting: list[bytes] = []
        self._waiting_size = 0
        self._buffer = b""
        self._base = 0  # offset of the buffer in the stream
        self._newlines = 0  # before the buffer
        self._done = 0  # in the buffer: hits before it were dealt with
        self._words = Words(self._gates)
        self._lines: dict[int, list[str]] = {}  # the anchors of lines without their digits, by a number each

    def feed(self, data: bytes) -> None:
        self._waiting.append(data)
        self._waiting_size += len(data)
        if self._waiting_size >= CHUNK:
            self._take()
            self._process(self._line_end_before(len(self._buffer) - LOOKAHEAD, self._done))
            self._forget()

    def finish(self) -> Seen:
        self._take()
        self._process(len(self._buffer))
        self.seen.lines = self._newlines + self._buffer.count(b"\n") + (not self._buffer.endswith(b"\n"))
        if not self.seen.bytes:
            self.seen.lines = 0
        return self.seen

    def _take(self) -> None:
        data = b"".join(self._waiting)
        self._waiting, self._waiting_size = [], 0
        seen = self.seen
        seen.bytes += len(data)
        if len(seen.head) < ENDS:
            seen.head += data[: ENDS - len(seen.head)]
        seen.tail = (seen.tail + data)[-ENDS:] if len(data) < ENDS else data[-ENDS:]
        self._buffer += data

    def _line_end_before(self, limit: int, start: int) -> int:
        """The last line's end before `limit`, so that no line is cut; `limit` itself where lines are endless."""
        return max(start, self._buffer.rfind(b"\n", start, limit) + 1 or limit)

    def _forget(self) -> None:
        cut = max(0, self._done - LOOKBACK)
        self._newlines += self._buffer.count(b"\n", 0, cut)
        self._base += cut
        self._done -= cut
        self._buffer = self._buffer[cut:]

    def _process(self, limit: int) -> None:
        """Deal with all gates that begin before `limit`."""
        found: dict[str, list[tuple[int, int, int]]] = {}
        number, counted, last_end = self._newlines + 1, 0, self._done
        for (start, end), gates in sorted(self._candidates(limit).items()):
            anchors = self._anchors_in(start, end, gates)
            last_end = max(last_end, end)
            if anchors:
                number += self._buffer.count(b"\n", counted, start)
                counted = start
            for anchor in anchors:
                found.setdefault(anchor, []).append((start, end, number))
        for anchor, places in found.items():
            self._keep(anchor, places)
        self._done = max(limit, last_end)

    def _candidates(self, limit: int) -> dict[tuple[int, int], list[bytes]]:
        """Lines that hold a gate, as (start, end) in the buffer, with their gates."""
        spans: dict[tuple[int, int], list[bytes]] = {}
        start = self._done
        while start < limit:
            end = self._line_end_before(min(start + PIECE, limit), start)
            gates = sorted(self._words.gates_in(self._buffer[start : end + _OVERLAP]))
            crowded = sum(self._buffer.count(gate, start, end) for gate in gates) > _CROWDED
            if not (crowded and self._by_line(start, end, gates, spans)):
                self._by_gate(start, end, gates, spans)
            start = end
        return spans

    def _by_gate(self, start: int, end: int, gates: list[bytes], spans: dict[tuple[int, int], list[bytes]]) -> None:
        """The lines around each place of each gate: where few lines have any."""
        buffer = self._buffer
        for gate in gates:
            beyond = end + len(gate) - 1
            at = buffer.find(gate, start, beyond)
            while at >= 0:
                span = self._line_around(at)
                spans.setdefault(span, []).append(gate)
                at = buffer.find(gate, max(span[1], at + 1), beyond)

    def _by_line(self, at: int, end: int, gates: list[bytes], spans: dict[tuple[int, int], list[bytes]]) -> bool:
        """The same, line by line: where most have one. False: there are endless lines."""
        piece = self._buffer[at:end]
        lines = piece.translate(_LINE_ENDS).split(b"\n")
        if max(map(len, lines)) > LINE_BYTES:
            return False
        for line, bare in zip(lines, piece.translate(_LINE_ENDS, _DIGITS).split(b"\n"), strict=True):
            anchors = self._lines.get(hash(bare))
            if anchors:
                spans[at, at + len(line)] = gates
            elif anchors is None and (here := [gate for gate in gates if gate in line]):
                spans[at, at + len(line)] = here
            at += len(line) + 1
        return True

    def _line_around(self, at: int) -> tuple[int, int]:
        """The line (or piece between carriage returns) around a place, bounded on both sides."""
        buffer = self._buffer
        low, high = max(0, at - LINE_BYTES), min(len(buffer), at + LINE_BYTES)
        start = buffer.rfind(b"\n", low, at) + 1 or low
        start = buffer.rfind(b"\r", start, at) + 1 or start
        end = buffer.find(b"\n", at, high)
        end = high if end < 0 else end
        carriage = buffer.find(b"\r", at, end)
        return start, end if carriage < 0 else carriage

    def _anchors_in(self, start: int, end: int, gates: list[bytes]) -> list[str]:
        raw = self._buffer[start:end]
        key = hash(raw.translate(None, _DIGITS))
        known = self._lines.get(key)
        if known is not None:
            return known
        text = clean(raw) if len(raw) <= LINE_BYTES else clean(raw[-LINE_BYTES:])
        anchors = [anchor for gate in gates for anchor in self._gates[gate] if anchor in text]
        alone = bool(anchors) or (len(text) < _WRAPPED_FROM and not boxed(raw))
        if not alone:
            anchors = self._across_lines(start, end, text, gates)
        if (alone or not anchors) and len(self._lines) < _LINES and not self._other_digits(text, gates):
            self._lines[key] = anchors
        return anchors

    def _other_digits(self, text: str, gates: list[bytes]) -> bool:
        """Whether the line would have an anchor if only its digits were others (`exitcode: -15`, `-9`)."""
        bare = text.translate(_NO_DIGITS)
        return any(anchor in bare for gate in gates for anchor in self._without_digits(gate))

    def _without_digits(self, gate: bytes) -> list[str]:
        if gate not in self._bare:
            both = ((anchor, anchor.translate(_NO_DIGITS)) for anchor in self._gates[gate])
            self._bare[gate] = [bare for anchor, bare in both if bare != anchor]
        return self._bare[gate]

    def _across_lines(self, start: int, end: int, text: str, gates: list[bytes]) -> list[str]:
        """Anchors that a wrap cut: a hard one within a word, or (rich, in boxes) one between words."""
        head = self._buffer[max(0, start - 600) : max(0, start - 1)].replace(b"\r", b"\n").rsplit(b"\n", 1)[-1]
        tail = self._buffer[end : end + 600].lstrip(b"\r\n").split(b"\n", 1)[0]
        before, after = without_prefix(clean(head))[-300:], without_prefix(clean(tail))[:300]
        parts = (before, without_prefix(text), after)
        joined = ("".join(parts), " ".join(parts))
        return [
            each
            for gate in gates
            for each in self._gates[gate]
            if any(each in way for way in joined) and each not in before and each not in after
        ]

    def _keep(self, anchor: str, places: list[tuple[int, int, int]]) -> None:
        kept = self.seen.sightings.setdefault(anchor, [])
        self.seen.times[anchor] = self.seen.times.get(anchor, 0) + len(places)
        room = max(0, FIRST - len(kept))
        for start, end, number in places[:room]:
            kept.append(self._sighting(anchor, start, end, number))
        for start, end, number in places[room:][-LAST:]:
            kept.append(self._sighting(anchor, start, end, number))
        if len(kept) > FIRST + LAST:
            del kept[FIRST:-LAST]

    def _sighting(self, anchor: str, start: int, end: int, number: int) -> Sighting:
        before = list(self._lines_before(start, number))[-BEFORE:]
        raw = self._buffer[start:end]
        hit = LogLine(number, clean(raw[-LINE_BYTES:]))
        after = list(self._lines_after(end, number))[:AFTER]
        return Sighting(anchor, len(before), (*before, hit, *after), self._base + start)

    def _lines_before(self, start: int, number: int) -> Iterator[LogLine]:
        block = self._buffer[max(0, start - LOOKBACK) : start]
        parts = block.split(b"\n")[-BEFORE - 1 :]
        first = number - len(parts) + 1
        for index, part in enumerate(parts):
            yield from _pieces(part, first + index)

    def _lines_after(self, end: int, number: int) -> Iterator[LogLine]:
        for index, part in enumerate(self._buffer[end : end + LOOKAHEAD].split(b"\n")[: AFTER + 1]):
            yield from _pieces(part, number + index)


def _pieces(raw: bytes, number: int) -> Iterator[LogLine]:
    """A line of the file; where carriage returns overwrite it, its last two states."""
    for piece in raw.split(b"\r")[-3:]:
        text = clean(piece[: CONTEXT_LIMIT * 4])[:CONTEXT_LIMIT]
        if text:
            yield LogLine(number, text)
