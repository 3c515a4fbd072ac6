"""Commands that shells may not find, and whose they are (table `commands`)."""

from __future__ import annotations

from functools import cache

from envdoc.knowledge import table
from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class CommandRow(Row):
    """One command: `code` of the finding that speaks of it, else the `package` of PyPI that brings it."""

    command: str
    code: str = ""
    package: str = ""


@cache
def rows() -> tuple[CommandRow, ...]:
    """The table's rows, in the file's order."""
    return table.rows(CommandRow, table.read("commands"))


@cache
def by_name() -> dict[str, CommandRow]:
    return {row.command: row for row in rows()}
