"""`nvidia-smi` without options, of every generation; wrapped by a chat window too.

| NVIDIA-SMI 580.159.04             Driver Version: 580.159.04     CUDA Version: 13.0     |
| NVIDIA-SMI 610.43.02              KMD Version: 610.43.02     CUDA UMD Version: 13.3     |
|   0  NVIDIA H100 80GB HBM3          On  |   00000000:00:06.0 Off |                    0 |
| N/A   40C    P0            123W /  700W |       0MiB /  81559MiB |      0%      Default |
|   0  NVIDIA GeForce RTX 4090      WDDM  |   00000000:01:00.0  On |                  Off |
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from envdoc.listing.values import Lines, Told

PROGRAM = "nvidia-smi"
_TITLE = re.compile(r"NVIDIA-SMI\s+(?:version\s+)?[\dOolI]{2,3}[.\dOolI]{2,}")
_DRIVER = re.compile(r"(?:Driver|KMD|驱动程序|驱动) ?(?:Version|版本) ?[:：] ?(\S{4,14})")
_CUDA = re.compile(r"CUDA (?:UMD )?(?:Version|版本) ?[:：] ?(\S{3,6})")
_GPU = re.compile(
    r" (?P<index>\d{1,3}) (?P<name>\S.{1,45}?) (?P<mode>On|Off|N/A|WDDM|TCC|MCDM|ERR!) "
    r"(?P<bus>[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.\d) (?P<display>On|Off|N/A) (?P<rest>.*?)"
    r"(?= \d{1,3} \S.{1,45}? (?:On|Off|N/A|WDDM|TCC|MCDM|ERR!) [0-9A-Fa-f]{4,8}:|Processes:|$)"
)
_MEMORY = re.compile(r"(\d{1,7})\s?MiB ?/ ?(\d{1,7})\s?MiB")
_COMPUTE = re.compile(r"(?:\d{1,3}%|N/A) (Default|E\. ?Process|Exclusive_Process|E\. ?Thread|Prohibited)(.*)")
_ECC = re.compile(r"(\d{1,9}|N/A|Off) ")
_HEAT = re.compile(r"(?:\d{1,3}%|N/A|ERR!) (\d{1,3})C ")
_POWER = re.compile(r"/ (\d{2,4})W")
_CUT = re.compile(r"\.{2,3}$|…$")


def claim(lines: Lines, at: int) -> int:
    head = lines[at].text + " " + (lines[at + 1].text if at + 1 < len(lines) else "")
    if not _TITLE.search(lines[at].text) or not re.search(r"\||Version|版本", head):
        return 0
    end, empty = at + 1, 0
    for place in range(at + 1, len(lines)):
        text = lines[place].text.strip()
        if not text:
            empty += 1
        elif text[:1] in "|+│┃" or text[-1:] in "|+│┃" or _goes_on(text):
            end, empty = place + 1, 0
        else:
            break
        if empty > 2 or _TITLE.search(text):
            break
    return end - at


def _goes_on(text: str) -> bool:
    """The rest of a line that was wrapped: it has a bar in it, or goes on in what only this program says."""
    return "|" in text or bool(re.match(r"(?:Version|CUDA|Driver|KMD|\d+MiB|Default|Disp\.A|-{4}|={4})", text))


def read(lines: Lines) -> Iterator[Told]:
    flat = _Flat(lines)
    for key, pattern in (("driver", _DRIVER), ("cuda_driver", _CUDA)):
        found = pattern.search(flat.text)
        if found:
            yield Told(key, found[1], flat.line(found.start(1)))
    count = 0
    for found in _GPU.finditer(flat.text):
        count += 1
        yield from _gpu(found, flat.line(found.start("index")))
    if count:
        yield Told("gpus.count", str(count), lines[0].number)


class _Flat:
    """The banner as one running text without its frame; each place in it knows its line."""

    def __init__(self, lines: Lines) -> None:
        parts, starts, numbers, size = [], [], [], 0
        for line in lines:
            part = " ".join(re.sub(r"[|│┃]|[+=-]{3,}|[+]", " ", line.text).split()) + " "
            starts.append(size)
            numbers.append(line.number)
            parts.append(part)
            size += len(part)
        self.text = " " + "".join(parts)
        self._starts, self._numbers = starts, numbers

    def line(self, place: int) -> int:
        return self._numbers[max(bisect_right(self._starts, place - 1) - 1, 0)]


def _gpu(found: re.Match[str], line: int) -> Iterator[Told]:
    head, rest, mode = f"gpu.{int(found['index'])}.", found["rest"], found["mode"]
    if not _CUT.search(found["name"]):
        yield Told(head + "name", found["name"], line)
    else:
        yield Told(head + "name_begins", _CUT.sub("", found["name"]).strip(), line)
    yield Told(head + "bus_id", found["bus"], line)
    yield from _mode(head, mode, line)
    if found["display"] != "N/A":
        yield Told(head + "display_active", "true" if found["display"] == "On" else "false", line)
    yield from _state(head, rest, line)


def _mode(head: str, mode: str, line: int) -> Iterator[Told]:
    if mode in ("WDDM", "TCC", "MCDM"):
        yield Told(head + "driver_model", mode, line)
        yield Told("os.system", "windows", line)
    elif mode in ("On", "Off"):
        yield Told(head + "persistence", "true" if mode == "On" else "false", line)


def _state(head: str, rest: str, line: int) -> Iterator[Told]:
    ecc, memory, heat, power = _ECC.match(rest), _MEMORY.search(rest), _HEAT.search(rest), _POWER.search(rest)
    if ecc and ecc[1] != "N/A":
        yield Told(head + "ecc_enabled", "false" if ecc[1] == "Off" else "true", line)
    if ecc and ecc[1].isdigit():
        yield Told(head + "ecc_uncorrected", ecc[1], line)
    if memory:
        yield Told(head + "memory_used_mib", memory[1], line)
        yield Told(head + "memory_total_mib", memory[2], line)
    yield from (Told(head + "temperature_c", heat[1], line),) if heat else ()
    yield from (Told(head + "power_limit_w", power[1], line),) if power else ()
    compute = _COMPUTE.search(rest)
    if compute and compute[1] in ("Default", "Prohibited"):
        yield Told(head + "compute_mode", compute[1], line)
    elif compute and compute[1].startswith("E"):
        yield Told(head + "compute_mode", "Exclusive_Process", line)
    if compute and compute[2].split()[:1] in (["Disabled"], ["Enabled"]):
        yield Told(head + "mig_enabled", "true" if compute[2].split()[0] == "Enabled" else "false", line)
