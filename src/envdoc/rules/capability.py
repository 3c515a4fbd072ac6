"""A GPU's compute capability: as the driver tells it, else by its name."""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import version_tuple
from envdoc.model.machine import Gpu


def of(gpu: Gpu, knowledge: Knowledge) -> str:
    """`12.0`; "" where neither the driver nor the table says."""
    if gpu.compute_capability.value is not None:
        return gpu.compute_capability.value
    return by_name(gpu.name.or_else(""), knowledge)


def by_name(name: str, knowledge: Knowledge) -> str:
    """`12.0` of `NVIDIA GeForce RTX 5090`; "" where the table has no such name."""
    row = knowledge.gpu_named(name) if name else None
    return row.capability if row else ""


def ascending(capabilities: Iterable[str]) -> tuple[str, ...]:
    """Each once, the lowest first, the unknown left out."""
    return tuple(sorted(set(capabilities) - {""}, key=version_tuple))
