"""`nvidia-smi -q`: `key : value` below headings, by GPU.

    Driver Version                                         : 580.159.04
    GPU 00000000:00:06.0
        Product Name                                       : NVIDIA H100 80GB HBM3
        PCI
            Device Id                                      : 0x233010DE

From 610 on `KMD Version` and `CUDA UMD Version`; the old names say that they are deprecated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.values import Lines, Told

PROGRAM = "nvidia-smi -q"
_TITLE = re.compile(r"={5,}\s*NVSMI LOG\s*={5,}")
_GPU = re.compile(r"\s*GPU (0*[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.\d)\s*$")
_PAIR = re.compile(r"(\s*)(.{2,54}?)\s*:\s(.*)$")
_HEADING = re.compile(r"(\s*)([A-Z][\w /()-]{1,60})$")
_HEAD_KEYS = {
    "Driver Version": "driver", "KMD Version": "driver", "CUDA Version": "cuda_driver",
    "CUDA UMD Version": "cuda_driver", "Attached GPUs": "gpus.count",
}  # fmt: skip
# (heading, key): field. "" where the key stands below no heading.
_KEYS = {
    ("", "Product Name"): "name",
    ("", "Display Active"): "display_active",
    ("", "Persistence Mode"): "persistence",
    ("", "Compute Mode"): "compute_mode",
    ("", "CUDA Compute Capability"): "compute_capability",
    ("MIG Mode", "Current"): "mig_enabled",
    ("Driver Model", "Current"): "driver_model",
    ("ECC Mode", "Current"): "ecc_enabled",
    ("PCI", "Device Id"): "pci_device",
    ("FB Memory Usage", "Total"): "memory_total_mib",
    ("FB Memory Usage", "Used"): "memory_used_mib",
    ("Temperature", "GPU Current Temp"): "temperature_c",
    ("GPU Power Readings", "Current Power Limit"): "power_limit_w",
    ("Power Readings", "Power Limit"): "power_limit_w",
    ("Remapped Rows", "Pending"): "remapped_rows_pending",
}
_WORDS = {"Enabled": "true", "Disabled": "false", "Yes": "true", "No": "false"}


def claim(lines: Lines, at: int) -> int:
    if not (_TITLE.search(lines[at].text) or (_GPU.match(lines[at].text) and _below(lines, at))):
        return 0
    end, empty = at + 1, 0
    for place in range(at + 1, len(lines)):
        text = lines[place].text
        if not text.strip():
            empty += 1
        elif _PAIR.match(text) or _HEADING.match(text) or _GPU.match(text):
            end, empty = place + 1, 0
        else:
            break
        if empty > 2 or _TITLE.search(text):
            break
    return end - at


def _below(lines: Lines, at: int) -> bool:
    return any("Product Name" in line.text and ":" in line.text for line in lines[at + 1 : at + 4])


def read(lines: Lines) -> Iterator[Told]:
    index, heading = -1, ""
    for line in lines:
        gpu, found = _GPU.match(line.text), _PAIR.match(line.text)
        if gpu:
            index, heading = index + 1, ""
            yield Told(f"gpu.{index}.bus_id", gpu[1], line.number)
        elif found is None:
            title = _HEADING.match(line.text)
            heading = title[2].strip() if title else heading
        elif index < 0 and found[2] in _HEAD_KEYS and "eprecated" not in found[3]:
            yield Told(_HEAD_KEYS[found[2]], found[3].strip().split(" ")[0], line.number)
        elif index >= 0:
            yield from _told(index, heading, found, line.number)


def _told(index: int, heading: str, found: re.Match[str], line: int) -> Iterator[Told]:
    """A key of a GPU. Keys without a heading stand above all headings, or at the lesser indent after one."""
    name, value = found[2].strip(), found[3].strip()
    field = _KEYS.get((heading, name)) or _KEYS.get(("", name))
    if field is None or value.startswith(("N/A", "[N/A", "Requested functionality", "Unknown", "[")):
        return
    if field == "pci_device":
        value = value.removeprefix("0x")[:4].lower()
    elif field in ("memory_total_mib", "memory_used_mib", "temperature_c"):
        value = value.split()[0]
    elif field == "power_limit_w":
        value = str(int(float(value.split()[0]))) if re.match(r"\d+(\.\d+)?$", value.split()[0]) else ""
    yield from (Told(f"gpu.{index}.{field}", _WORDS.get(value, value), line),) if value else ()
