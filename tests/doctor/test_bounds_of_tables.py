"""Bounds that stand in tables: a row's own edge, inside and one step outside."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from doctor_cases import case_of
from mint_parts import package

from envdoc.doctor import examine
from envdoc.doctor.base import Case
from envdoc.knowledge.tables import load
from envdoc.model.facts import known
from envdoc.model.finding import Report
from envdoc.model.value import replace

Judge = Callable[..., Report]
NEWER = [row for row in load().stacks if row.python == ">=3.11"]
ADVICE = [row for row in load().advice if row.capability_min or row.capability_max]


@pytest.mark.parametrize("row", NEWER[:3], ids=lambda row: f"{row.package}-{row.version}")
@pytest.mark.parametrize(("python", "broken"), [("3.10.16", True), ("3.11.9", False), ("3.12.10", False)])
def test_a_stack_that_needs_a_newer_python(row: object, python: str, broken: bool, judge: Judge) -> None:
    who = case_of("linux-t4-535").machine.target.python.value
    changes = {
        "target.packages": known((package(row.package, row.version),), "site-packages"),  # type: ignore[attr-defined]
        "target.python": known(replace(who, version=python)),  # type: ignore[type-var]
    }
    report = judge("linux-t4-535", changes, only=("stack-bounds",))
    assert ("stack-bounds-broken" in {each.code for each in report.findings}) is broken


def test_advice_is_wrong_only_within_its_bounds() -> None:
    """Every row with bounds, followed on a GPU inside them and on one outside."""
    assert ADVICE
    for row in ADVICE:
        alone = SimpleNamespace(advice=(replace(row, packages={}, env={"XYZ": "1"}, systems=()),))
        for capability in ("6.1", "7.5", "8.0", "8.9", "9.0", "10.0", "12.0"):
            case = case_of(
                "linux-t4-535", {"gpus.value.0.compute_capability": known(capability), "env": {"XYZ": "1"}}
            )
            report = examine(Case(case.machine, alone, None), only=("advice",))  # type: ignore[arg-type]
            low, high = float(row.capability_min or 0), float(row.capability_max or 99)
            assert bool(report.findings) is (low <= float(capability) <= high), (row.id, capability)
