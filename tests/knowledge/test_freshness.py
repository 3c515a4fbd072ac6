"""Each table knows its rule and its age, and a choice that rests on an expired one says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from envdoc.knowledge import files, freshness
from envdoc.workflow import freshness as workflow

# tables that are no facts about the world: the rules themselves
OWN = {"freshness"}


def test_every_table_has_a_rule() -> None:
    tables = {path.stem for path in Path(files.TABLES).glob("*.yaml")} - OWN
    assert {each.table for each in freshness.rules()} == tables


def test_a_table_is_as_old_as_its_oldest_row() -> None:
    by_name = {each.rule.table: each for each in freshness.ages(date(2026, 12, 4))}
    assert (by_name["gpus"].looked, by_name["gpus"].days) == (date(2026, 11, 23), 11)
    assert not by_name["gpus"].expired


def test_a_choice_on_an_expired_table_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "today", lambda: date(2026, 12, 1))
    assert workflow.stale() == ()
    monkeypatch.setattr(workflow, "today", lambda: date(2027, 3, 15))
    (found,) = workflow.stale()
    assert found.code == "facts-expired"
    assert "bitsandbytes" in found.summary
    assert "driver_floors" not in found.summary  # good for 180 days
