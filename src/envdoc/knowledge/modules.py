"""What pip calls the package of a module (table `modules`)."""

from __future__ import annotations

from functools import cache

from envdoc.knowledge import table
from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class ModuleRow(Row):
    """One module; `package` is "" where pip calls it the same."""

    module: str
    package: str = ""


@cache
def rows() -> tuple[ModuleRow, ...]:
    """The table's rows, in the file's order."""
    return table.rows(ModuleRow, table.read("modules"))


@cache
def packages() -> dict[str, str]:
    """The package of each module of the table."""
    return {row.module: row.package or row.module for row in rows()}
