"""One pass over a log of any size: literal anchors found, small windows around them kept, nothing else.

Time is linear in the log's size whatever it contains: gates (see `gates`) that its words allow (see `words`) are
found by `bytes.find`, a line is cut out once, and only its first LINE_LIMIT characters are compared. Memory is
bounded: one chunk, a few windows for each anchor, and the log's head and tail for the facts.
"""

from __future__ import annotations

from itertools import accumulate

from envdoc.diagnose.clean import LINE_LIMIT, boxed, clean, without_prefix
from envdoc.diagnose.places import LOOKAHEAD, LOOKBACK, Alike, Places, Sights, Span
from envdoc.diagnose.values import GateTable, Sighting
from envdoc.diagnose.words import Words

CHUNK = 1 << 21
PIECE = 1 << 16  # bytes whose words are looked at together: they fit into the nearest cache
LINE_BYTES = LINE_LIMIT * 4
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
        self._was_crowded = False  # the piece before
        self._sights = Sights()
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
        self.seen.sightings, self.seen.times = self._sights.finish()
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
        """Deal with all gates that begin before `limit`, piece by piece."""
        found: dict[str, Places] = {}
        start = self._done
        while start < limit:
            end = self._line_end_before(min(start + PIECE, limit), start)
            start = max(end, self._piece(start, end, found))
        self._sights.take(found, self._buffer, self._base, self._newlines)
        self._done = start

    def _piece(self, start: int, end: int, found: dict[str, Places]) -> int:
        """The anchors of a piece; the end of its last line that has a gate."""
        if self._was_crowded and self._by_line(start, end, found):
            return end
        gates = sorted(self._words.gates_in(self._buffer[start : end + _OVERLAP]))
        self._was_crowded = bool(gates) and self._crowded(start, end, gates)
        if not gates or (self._was_crowded and self._by_line(start, end, found)):
            return end
        spans = self._by_gate(start, end, gates)
        for span, here in sorted(spans.items()):
            for anchor in self._anchors_in(span, here):
                found.setdefault(anchor, Places()).add([span])
        return max((end for _, end in spans), default=end)

    def _crowded(self, start: int, end: int, gates: list[bytes]) -> bool:
        count = 0
        return any((count := count + self._buffer.count(gate, start, end)) > _CROWDED for gate in gates)

    def _by_gate(self, start: int, end: int, gates: list[bytes]) -> dict[Span, list[bytes]]:
        """The lines around each place of each gate, with their gates: where few lines have any."""
        spans: dict[Span, list[bytes]] = {}
        buffer = self._buffer
        for gate in gates:
            beyond = end + len(gate) - 1
            at = buffer.find(gate, start, beyond)
            while at >= 0:
                span = self._line_around(at)
                spans.setdefault(span, []).append(gate)
                at = buffer.find(gate, max(span[1], at + 1), beyond)
        return spans

    def _by_line(self, start: int, end: int, found: dict[str, Places]) -> bool:
        """The same where most lines have a gate: lines that differ in digits only together. False: endless lines."""
        piece = self._buffer[start:end]
        lines = piece.translate(_LINE_ENDS).split(b"\n")
        if max(map(len, lines)) > LINE_BYTES:
            return False
        alike: dict[bytes, list[int]] = {}
        for number, bare in enumerate(piece.translate(_LINE_ENDS, _DIGITS).split(b"\n")):
            alike.setdefault(bare, []).append(number)
        new = [bare for bare in alike if hash(bare) not in self._lines]
        gates = sorted(self._words.gates_in(b"\n".join(new))) if new else []
        ends = list(accumulate(map(len, lines), initial=start))  # without the ends of lines
        crowd = 0
        for bare, numbers in alike.items():
            known = self._lines.get(hash(bare))
            if known or (known is None and any(gate in bare for gate in gates)):
                crowd += len(numbers)
                self._alike(Alike(numbers, ends), hash(bare), gates, found)
        self._was_crowded = crowd > _CROWDED
        return True

    def _alike(self, lines: Alike, key: int, gates: list[bytes], found: dict[str, Places]) -> None:
        """Lines that differ in digits only: judged once, or each where digits matter."""
        for done in range(len(lines)):
            anchors = self._lines.get(key)
            if anchors is not None:
                for anchor in anchors:
                    found.setdefault(anchor, Places()).add(lines.ends(done), len(lines) - done)
                return
            span = lines.span(done)
            for anchor in self._anchors_in(span, [gate for gate in gates if gate in self._buffer[slice(*span)]]):
                found.setdefault(anchor, Places()).add([span])

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

    def _anchors_in(self, span: Span, gates: list[bytes]) -> list[str]:
        start, end = span
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
