"""Packages with compiled parts: whose file it is, and how a build for another torch is got (table `extensions`)."""

from __future__ import annotations

from functools import cache

from envdoc.knowledge import table
from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class ExtensionRow(Row):
    """One package. `made` says how a build for another torch is got: see the head of the table."""

    package: str  # "causal-conv1d", as pip wants it
    modules: tuple[str, ...]  # top names of its files in site-packages: ("causal_conv1d", "causal_conv1d_cuda")
    made: str  # "pinned" | "wheel" | "pyg" | "source"


@cache
def rows() -> tuple[ExtensionRow, ...]:
    """The table's rows, in the file's order."""
    return table.rows(ExtensionRow, table.read("extensions"))


def of_module(module: str) -> ExtensionRow | None:
    """The package that a module of this top name comes from; None where the table does not know it."""
    return next((row for row in rows() if module in row.modules), None)
