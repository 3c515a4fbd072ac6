"""`nvidia-smi topo -m`: how many GPUs there are, and the NVLinks of a pair.

\tGPU0\tGPU1\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID
GPU0\t X \tNV18\t0-31\t0\t\tN/A
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.values import Lines, Told

PROGRAM = "nvidia-smi topo -m"
_HEAD = re.compile(r"\s*GPU0(?:\s+(?:GPU|NIC|mlx)\w+)*\s+.*(?:CPU Affinity|NUMA)", re.IGNORECASE)
_ROW = re.compile(r"\s*(GPU\d{1,3}|NIC\d{1,3}|mlx\w+)\s+(.*)$")
_LEGEND = re.compile(r"\s*(?:Legend:|X\s+=|SYS\s+=|NODE\s+=|PHB\s+=|PXB\s+=|PIX\s+=|NV#\s+=|NIC Legend|NIC\d+:)")


def claim(lines: Lines, at: int) -> int:
    if not _HEAD.match(lines[at].text):
        return 0
    end = at + 1
    for place in range(at + 1, len(lines)):
        text = lines[place].text
        if text.strip() and not _ROW.match(text) and not _LEGEND.match(text):
            break
        end = place + 1 if text.strip() else end
    return end - at if end > at + 1 else 0


def read(lines: Lines) -> Iterator[Told]:
    rows = [(line, found) for line in lines[1:] if (found := _ROW.match(line.text)) and found[1][:3] == "GPU"]
    if rows:
        yield Told("gpus.count", str(len(rows)), lines[0].number)
    for line, found in rows:
        links = re.findall(r"\bNV(\d{1,2})\b", found[2])
        # more than one partner may share one switch: then the links are not to be added up
        if len(links) == 1:
            yield Told(f"gpu.{found[1][3:]}.nvlinks", links[0], line.number)
