"""The row of the torch table that an installed or wished build belongs to."""

from __future__ import annotations

from envdoc.knowledge.rows import TorchRow
from envdoc.knowledge.tables import Knowledge
from envdoc.model.machine import OperatingSystem, System
from envdoc.rules.torch_file import line


def row_of(version: str, tag: str, system: System, arch: str, knowledge: Knowledge) -> TorchRow | None:
    """The published build of a version's release line and CUDA variant for a system; None where there is none."""
    key = (line(version), tag, system.value, arch)
    return next((row for row in knowledge.torch if (row.version, row.cuda, row.os, row.arch) == key), None)


def row_here(version: str, tag: str, os: OperatingSystem, knowledge: Knowledge) -> TorchRow | None:
    """The same for a machine's system."""
    return row_of(version, tag, os.system, os.arch, knowledge)
