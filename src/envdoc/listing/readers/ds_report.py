"""`ds_report`, DeepSpeed's: dotted lines.

torch version .................... 2.11.0+cu130
torch cuda version ............... 13.0
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.lines import bare
from envdoc.listing.values import Lines, Told

PROGRAM = "ds_report"
_DOTTED = re.compile(r"(.{2,60}?) \.{2,} ?(.*)$")
_LINE = re.compile(
    r"-{10,}|.{2,60}? \.{2,} ?.*$|\s*\[WARNING\]|DeepSpeed (?:C\+\+|general)|NOTE: Ops|"
    r"\s+runtime if|\s+meet the|JIT|op name"
)
_KEYS = {"torch version": "torch", "torch cuda version": "torch.cuda", "nvcc version": "toolkit"}


def _begins(text: str) -> bool:
    return "DeepSpeed C++/CUDA extension op report" in text or "DeepSpeed general environment info" in text


def claim(lines: Lines, at: int) -> int:
    if not _begins(lines[at].text):
        return 0
    end = at + 1
    for place in range(at + 1, len(lines)):
        text = bare(lines[place].text)
        if text and not _LINE.match(lines[place].text) and not _LINE.match(text):
            break
        end = place + 1 if text else end
    return end - at


def read(lines: Lines) -> Iterator[Told]:
    for line in lines:
        found = _DOTTED.match(bare(line.text))
        if found is None or not found[2].strip() or found[2].strip() in ("None", "not available"):
            continue
        name, value = found[1].lower(), found[2].strip()
        if name in _KEYS:
            yield Told(_KEYS[name], value.split()[0], line.number)
        elif name == "deepspeed info":
            yield Told("package.deepspeed", value.split(",")[0], line.number)
