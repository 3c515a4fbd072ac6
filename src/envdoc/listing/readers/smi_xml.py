"""`nvidia-smi -q -x`, line by line, so that a piece of it does too. No XML parser: nothing of it is expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.values import Lines, Told

PROGRAM = "nvidia-smi -q -x"
_BEGIN = re.compile(r"<nvidia_smi_log>|<!DOCTYPE nvidia_smi_log|<gpu id=")
_ELEMENT = re.compile(r"\s*<(\w{1,60})>([^<>]{0,200})</\1>")
_OPEN = re.compile(r"\s*<(\w{1,60})>\s*$")
_LINE = re.compile(r"\s*(?:<[^<>]{1,200}>|[^<>]{1,120}</\w+>|None\s*$|N/A\s*$)")
_HEAD_KEYS = {
    "driver_version": "driver", "kmd_version": "driver", "cuda_version": "cuda_driver",
    "cuda_umd_version": "cuda_driver", "attached_gpus": "gpus.count",
}  # fmt: skip
_KEYS = {
    "product_name": "name", "display_active": "display_active", "persistence_mode": "persistence",
    "compute_mode": "compute_mode", "current_mig": "mig_enabled", "current_dm": "driver_model",
    "current_ecc": "ecc_enabled", "pci_device_id": "pci_device", "pci_bus_id": "bus_id",
    "gpu_temp": "temperature_c", "current_power_limit": "power_limit_w", "power_limit": "power_limit_w",
    "remapped_row_pending": "remapped_rows_pending",
}  # fmt: skip
_MEMORY = {"total": "memory_total_mib", "used": "memory_used_mib"}
_WORDS = {"Enabled": "true", "Disabled": "false", "Yes": "true", "No": "false"}


def claim(lines: Lines, at: int) -> int:
    if not _BEGIN.search(lines[at].text):
        return 0
    end = at + 1
    while end < len(lines) and (_LINE.match(lines[end].text) or not lines[end].text.strip()):
        end += 1
        if "</nvidia_smi_log>" in lines[end - 1].text:
            break
    return end - at


def read(lines: Lines) -> Iterator[Told]:
    index, inside = -1, ""
    for line in lines:
        if "<gpu id=" in line.text:
            index += 1
        opened, found = _OPEN.match(line.text), _ELEMENT.match(line.text)
        inside = opened[1] if opened else inside
        if found is None:
            continue
        name, value = found[1], found[2].strip()
        if index < 0 and name in _HEAD_KEYS and "eprecated" not in value:
            yield Told(_HEAD_KEYS[name], value, line.number)
        elif index >= 0:
            yield from _told(index, inside, name, value, line.number)


def _told(index: int, inside: str, name: str, value: str, line: int) -> Iterator[Told]:
    field = _MEMORY.get(name) if inside == "fb_memory_usage" else _KEYS.get(name)
    if field is None or value.startswith(("N/A", "[", "Requested functionality")):
        return
    if field == "pci_device":
        value = value.removeprefix("0x")[:4].lower()
    elif field.endswith(("_mib", "_c", "_w")):
        value = value.split()[0].partition(".")[0] if value.split() else ""
    yield from (Told(f"gpu.{index}.{field}", _WORDS.get(value, value), line),) if value else ()
