"""The error numbers that Windows' loader gives, with their words in several languages (table `windows_errors`)."""

from __future__ import annotations

from functools import cache

from envdoc.knowledge import table
from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class WindowsErrorRow(Row):
    """One number of winerror.h. `kind` says what it is about: see the head of the table."""

    number: int
    name: str
    kind: str
    says: tuple[str, ...]  # Windows' own words, the English first; without the full stop


@cache
def rows() -> tuple[WindowsErrorRow, ...]:
    """The table's rows, by number."""
    return table.rows(WindowsErrorRow, table.read("windows_errors"))


@cache
def by_number() -> dict[int, WindowsErrorRow]:
    return {row.number: row for row in rows()}


def said(text: str) -> WindowsErrorRow | None:
    """The error whose words stand in a text, in whatever language; None where none does."""
    lower = text.lower()
    return next((row for row in rows() if any(each.lower() in lower for each in row.says)), None)
