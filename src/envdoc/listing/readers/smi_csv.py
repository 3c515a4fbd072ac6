"""`nvidia-smi --query-gpu=… --format=csv`, by its heading; with `noheader` only what cannot be mistaken.

index, name, driver_version, memory.total [MiB], compute_cap
0, NVIDIA H200, 580.159.04, 143771 MiB, 9.0
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.values import Line, Lines, Told

PROGRAM = "nvidia-smi --query-gpu"
_KEYS = {
    "name": "name", "gpu_name": "name", "memory.total": "memory_total_mib", "memory.used": "memory_used_mib",
    "compute_cap": "compute_capability", "pci.bus_id": "bus_id", "pci.device_id": "pci_device",
    "ecc.mode.current": "ecc_enabled", "mig.mode.current": "mig_enabled", "persistence_mode": "persistence",
    "temperature.gpu": "temperature_c", "power.limit": "power_limit_w", "compute_mode": "compute_mode",
    "driver_model.current": "driver_model", "display_active": "display_active",
    "ecc.errors.uncorrected.volatile.total": "ecc_uncorrected",
}  # fmt: skip
_FIELD = re.compile(r"[a-z_]+(?:\.[a-z_]+)*(?: \[\w{1,5}\])?")
_NAME = re.compile(r"(?:NVIDIA|GeForce|Tesla|Quadro|TITAN) [\w -]{2,50}")
_FORMS = (
    ("name", _NAME), ("driver", re.compile(r"\d{3}\.\d{2,3}(?:\.\d{2})?")),
    ("memory_total_mib", re.compile(r"\d{3,7} MiB")), ("compute_capability", re.compile(r"\d{1,2}\.\d")),
)  # fmt: skip
_WORDS = {"Enabled": "true", "Disabled": "false", "Yes": "true", "No": "false"}


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.strip().split(",")]


def _head(text: str) -> list[str]:
    """The fields of a heading, without their units; empty where it is none."""
    cells = _cells(text)
    if len(cells) < 2 or not all(_FIELD.fullmatch(cell) for cell in cells):
        return ["name"] if text.strip() == "name" else []
    names = [cell.partition(" [")[0] for cell in cells]
    return names if any(name in _KEYS or name == "driver_version" for name in names) else []


def _headless(text: str) -> bool:
    cells = _cells(text)
    return (
        len(cells) >= 2
        and sum(any(f.fullmatch(cell) for _, f in _FORMS) for cell in cells) >= 2
        and any(_NAME.fullmatch(cell) for cell in cells)
    )


def claim(lines: Lines, at: int) -> int:
    head, end = _head(lines[at].text), at + 1
    if head:
        while end < len(lines) and len(_cells(lines[end].text)) == len(head) and lines[end].text.strip():
            end += 1
        return end - at if end > at + 1 and (len(head) > 1 or _NAME.fullmatch(lines[at + 1].text.strip())) else 0
    end = at
    while end < len(lines) and _headless(lines[end].text):
        end += 1
    return end - at


def read(lines: Lines) -> Iterator[Told]:
    head = _head(lines[0].text)
    rows = lines[1:] if head else lines
    for number, line in enumerate(rows):
        yield from _by_head(line, head, number) if head else _by_form(line, number)
    yield Told("gpus.count", str(len(rows)), lines[0].number)


def _by_head(line: Line, head: list[str], number: int) -> Iterator[Told]:
    row = dict(zip(head, _cells(line.text), strict=False))
    index = int(row["index"]) if row.get("index", "").isdecimal() else number
    for name, cell in row.items():
        if cell.strip("[]") in ("N/A", "Not Supported") or cell.startswith("["):
            continue
        if name == "driver_version":
            yield Told("driver", cell, line.number)
        elif name in _KEYS:
            yield Told(f"gpu.{index}.{_KEYS[name]}", _value(_KEYS[name], cell), line.number)


def _value(field: str, cell: str) -> str:
    if field == "pci_device":
        return cell.removeprefix("0x")[:4].lower()
    if field.endswith(("_mib", "_c", "_w")):
        return cell.split(" ")[0].partition(".")[0]
    return _WORDS.get(cell, cell)


def _by_form(line: Line, number: int) -> Iterator[Told]:
    seen = set()
    for cell in _cells(line.text):
        field = next((name for name, form in _FORMS if name not in seen and form.fullmatch(cell)), "")
        if field:
            seen.add(field)
            yield Told(field if field == "driver" else f"gpu.{number}.{field}", _value(field, cell), line.number)
