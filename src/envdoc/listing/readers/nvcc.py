"""`nvcc --version`: `Cuda compilation tools, release 13.0, V13.0.88`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.values import Lines, Told

PROGRAM = "nvcc --version"
_RELEASE = re.compile(r"Cuda compilation tools, release (\S{2,8}), V(\S{2,12})")
_LINE = re.compile(r"nvcc: NVIDIA|Copyright \(c\).*NVIDIA|Built on |Cuda compilation tools|Build cuda_")


def claim(lines: Lines, at: int) -> int:
    if not re.search(r"nvcc: NVIDIA|Cuda compilation tools, release", lines[at].text):
        return 0
    end = at
    while end < len(lines) and _LINE.search(lines[end].text):
        end += 1
    return end - at


def read(lines: Lines) -> Iterator[Told]:
    for line in lines:
        found = _RELEASE.search(line.text)
        if found:
            yield Told("toolkit", found[2].rstrip(".,"), line.number)
        elif re.search(r"Built on \S+Pacific_(?:Daylight|Standard)_Time", line.text):  # elsewhere PDT and PST
            yield Told("os.system", "windows", line.number)
