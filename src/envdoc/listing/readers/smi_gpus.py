"""`nvidia-smi -L`: `GPU 0: NVIDIA H200 (UUID: GPU-…)`; MIG slices below a GPU are said with blanks before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.values import Lines, Told

PROGRAM = "nvidia-smi -L"
_GPU = re.compile(r"\s*GPU (\d{1,3}): (.{3,60}?) \(UUID: [\w.-]{1,60}\)?\s*$")
_MIG = re.compile(r"\s+MIG \d\S*")


def claim(lines: Lines, at: int) -> int:
    end = at
    while end < len(lines) and (_GPU.match(lines[end].text) or (end > at and _MIG.match(lines[end].text))):
        end += 1
    return end - at


def read(lines: Lines) -> Iterator[Told]:
    count = 0
    for place, line in enumerate(lines):
        found = _GPU.match(line.text)
        if found is None:
            continue
        count += 1
        yield Told(f"gpu.{int(found[1])}.name", found[2], line.number)
        if place + 1 < len(lines) and _MIG.match(lines[place + 1].text):
            yield Told(f"gpu.{int(found[1])}.mig_enabled", "true", line.number)
    yield Told("gpus.count", str(count), lines[0].number)
