"""How old the tables are: each table's rule (table `freshness`), and the dates in its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from envdoc.knowledge import files, table
from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass

OLDEST = "oldest.json"


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
    deciding = (_age(rule, today) for rule in rules() if rule.decides)
    return tuple(age for age in deciding if age.expired)


def _age(rule: FreshnessRow, today: date) -> Age:
    looked = date.fromisoformat(_compiled().get(rule.table) or _oldest(rule.table))
    return Age(rule, looked, (today - looked).days)


@cache
def _compiled() -> Mapping[str, str]:
    """What `oldest` said when the wheel was built, so that no start reads the tables for it; {} in a checkout."""
    twin = files.join(files.TABLES, OLDEST)
    told: Mapping[str, str] = json.loads(files.read(twin)) if files.is_file(twin) else {}
    return told


def oldest() -> dict[str, str]:
    """The date of each table's oldest row."""
    return {rule.table: _oldest(rule.table) for rule in rules()}


def _oldest(name: str) -> str:
    return min(_dates(table.read(name)))


def _dates(data: Any) -> Iterator[str]:
    """`2026-11-23`: such texts stand in the order of their days."""
    if isinstance(data, dict):
        if "checked" in data:
            yield str(data["checked"])
        for each in data.values():
            yield from _dates(each)
    elif isinstance(data, list):
        for each in data:
            yield from _dates(each)
