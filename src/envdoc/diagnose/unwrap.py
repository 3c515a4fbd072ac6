"""Short logs whose lines were wrapped (by a terminal's width, or in a drawn box), put together again.

A wrap may cut the very word that a message is known by. Long logs come from files, which nobody wraps.
"""

from __future__ import annotations

from envdoc.diagnose.clean import boxed, decode
from envdoc.diagnose.scan import Scanner, Seen
from envdoc.diagnose.values import GateTable, LogLine, Sighting
from envdoc.model.value import replace

_NARROWEST, _WIDEST = 60, 320  # columns of a terminal that counts
_FULL = 0.6  # share of a box's width above which its line is taken to go on
_BORDER = "│┃║ "


def with_unwrapped(seen: Seen, gates: GateTable) -> None:
    """Add what only shows in the unwrapped log; its lines keep the number of the line where they begin."""
    if seen.bytes > len(seen.head):
        return
    lines = unwrapped(seen.head.split(b"\n"))
    if lines is None:
        return
    scanner = Scanner(gates)
    scanner.feed("\n".join(text for _, text in lines).encode("utf-8", "replace"))
    for anchor, found in scanner.finish().sightings.items():
        if anchor not in seen.sightings:
            seen.sightings[anchor] = [_renumbered(each, [number for number, _ in lines]) for each in found]
            seen.times[anchor] = len(found)


def _renumbered(sighting: Sighting, numbers: list[int]) -> Sighting:
    lines = tuple(LogLine(numbers[line.number - 1], line.text) for line in sighting.lines)
    return replace(sighting, lines=lines)


def unwrapped(raw: list[bytes]) -> list[tuple[int, str]] | None:
    """The lines with their first number, wrapped ones joined; None where nothing was wrapped."""
    texts = [decode(line).rstrip("\r") for line in raw]
    boxes = [boxed(line) and text.lstrip().startswith(("│", "┃", "║")) for line, text in zip(raw, texts, strict=True)]
    width = max((len(text) for text in texts), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return None
    joined: list[tuple[int, str]] = []
    goes_on = False
    for number, (text, box) in enumerate(zip(texts, boxes, strict=True), start=1):
        inner = text.strip().strip(_BORDER) if box else text
        if goes_on:
            first, before = joined[-1]
            joined[-1] = (first, f"{before} {inner}" if box else before + inner)
        else:
            joined.append((number, inner))
        goes_on = len(inner) >= _FULL * (width - 4) if box else len(text) == width
    return joined if len(joined) < len(texts) else None
