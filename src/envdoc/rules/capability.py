"""A GPU's compute capability: as the driver tells it, else by its PCI device id, else by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import version_tuple
from envdoc.model.machine import Gpu


def of(gpu: Gpu, knowledge: Knowledge) -> str:
    """`12.0`; "" where neither the driver nor the tables say. A name may stand for two chips, an id never does."""
    if gpu.compute_capability.value is not None:
        return gpu.compute_capability.value
    return by_device(gpu.pci_device.or_else(""), knowledge) or by_name(gpu.name.or_else(""), knowledge)


def by_device(device: str, knowledge: Knowledge) -> str:
    """`12.0` of the PCI device id `2d04`; "" where the public list has no such card."""
    row = knowledge.gpu_with(device) if device else None
    return row.capability if row else ""


def device_on_bus(entry: str) -> str:
    r"""The device id in an entry of `Driver.pci`: `2d04` of `0000:01:00.0 10de:2d04` and of
    `pci\ven_10de&dev_2d04`; "" where it is not NVIDIA's."""
    found = re.search(r"(?:\b10de:|ven_10de&dev_)([0-9a-f]{4})\b", entry.lower())
    return found[1] if found else ""


def by_name(name: str, knowledge: Knowledge) -> str:
    """`12.0` of `NVIDIA GeForce RTX 5090`; "" where the table has no such name."""
    row = knowledge.gpu_named(name) if name else None
    return row.capability if row else ""


def by_beginning(name: str, knowledge: Knowledge) -> str:
    """`8.6` of `NVIDIA GeForce RTX 3080`, as an old nvidia-smi cuts names; "" where cards of several capabilities
    begin so."""
    begun = " ".join(word for word in name.lower().split() if word not in ("nvidia", "geforce"))
    fitting = {
        row.capability for row in knowledge.gpus for each in row.names if begun and each.lower().startswith(begun)
    }
    fitting |= {by_name(name, knowledge)} - {""}
    return fitting.pop() if len(fitting) == 1 else ""


def ascending(capabilities: Iterable[str]) -> tuple[str, ...]:
    """Each once, the lowest first, the unknown left out."""
    return tuple(sorted(set(capabilities) - {""}, key=version_tuple))
