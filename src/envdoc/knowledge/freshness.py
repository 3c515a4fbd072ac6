"""How old the tables are: each table's rule (table `freshness`), and the dates in its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from envdoc.knowledge import table
from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class FreshnessRow(Row):
    """The rule of one table."""

    table: str
    days: int  # after so many without a look its rows are no longer taken for the newest
    how: str  # what to open to be sure
    decides: bool = False  # whether `resolve` rests on it
    packages: tuple[str, ...] = ()  # whose releases bring new rows


@dataclass(frozen=True, slots=True)
class Age:
    """One table: when its oldest row was last looked at, and what that means on a day."""

    rule: FreshnessRow
    looked: date
    days: int

    @property
    def expired(self) -> bool:
        return self.days > self.rule.days


@cache
def rules() -> tuple[FreshnessRow, ...]:
    return table.rows(FreshnessRow, table.read("freshness"))


def ages(today: date) -> tuple[Age, ...]:
    """Every table that has a rule, by its oldest row."""
    return tuple(_age(rule, today) for rule in rules())


def expired(today: date) -> tuple[Age, ...]:
    """Those that `resolve` rests on and that nobody looked at for too long."""
    return tuple(_age(rule, today) for rule in rules() if rule.decides and _age(rule, today).expired)


def _age(rule: FreshnessRow, today: date) -> Age:
    looked = min(_dates(table.read(rule.table)))
    return Age(rule, looked, (today - looked).days)


def _dates(data: Any) -> Iterator[date]:
    if isinstance(data, dict):
        if "checked" in data:
            yield date.fromisoformat(str(data["checked"]))
        for each in data.values():
            yield from _dates(each)
    elif isinstance(data, list):
        for each in data:
            yield from _dates(each)
