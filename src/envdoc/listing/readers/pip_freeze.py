"""`pip freeze`, `uv pip freeze`, a lock's lines: `torch==2.8.0+cu128`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.lines import bare
from envdoc.listing.values import Lines, Told

PROGRAM = "pip freeze"
_PIN = re.compile(r"([A-Za-z0-9][\w.-]{0,80})(?:\[[\w,.-]{1,60}\])?\s?={2,3}\s?([\w.+!-]{1,80})(?:\s*;.*)?")
_OTHER = re.compile(r"-e \S+|#.*|[A-Za-z0-9][\w.-]{0,80} @ \S+|-{3,}.*")
_WHEEL = re.compile(
    r"([A-Za-z0-9][\w.-]{0,80}) @ \S{1,300}?/\1-([\w.+%!]{1,60})-[\w.]+-[\w.]+-[\w.]+\.whl", re.IGNORECASE
)
_LEAST = 4


def _is_pin(text: str) -> bool:
    return bool(_PIN.fullmatch(bare(text)))


def claim(lines: Lines, at: int) -> int:
    if not _is_pin(lines[at].text):
        return 0
    end, pins = at, 0
    for place in range(at, len(lines)):
        text = lines[place].text
        if _is_pin(text):
            pins, end = pins + 1, place + 1
        elif (text.strip() and not _OTHER.match(text.strip())) or place - end > 1:
            break
    return end - at if pins >= _LEAST else 0


def read(lines: Lines) -> Iterator[Told]:
    for line in lines:
        pin, wheel = _PIN.fullmatch(bare(line.text)), _WHEEL.match(line.text.strip().replace("-", "_"))
        if pin:
            yield Told(f"package.{pin[1]}", pin[2], line.number)
        elif wheel:
            yield Told(f"package.{wheel[1]}", wheel[2].replace("%2B", "+").replace("%2b", "+"), line.number)
