"""Every machine file's whole report, and some under a profile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from doctor_golden import FOLDER, compare

from envdoc.model.finding import CheckStatus, Report

MACHINES = sorted(path.stem for path in (Path(__file__).parent.parent / "machines").glob("*.json"))
UNDER_A_PROFILE = (
    ("linux-no-gpu", "cpu"),
    ("linux-no-gpu", "rtx50-cu128"),
    ("linux-h200-580", "hopper"),
    ("linux-h200-580", "cpu"),
    ("win11-2x5060ti-576-cpu-torch", "rtx50-cu128"),
    ("win11-2x5060ti-576-cu126", "rtx50-cu128"),
    ("win11-2x5060ti-576-cu128", "rtx50-cu128"),
    ("linux-t4-535", "rtx50-cu130"),
    ("linux-gb10-580-aarch64", "rtx40"),
)


@pytest.mark.parametrize("name", MACHINES)
def test_report_is_as_recorded(name: str, judge: Callable[..., Report]) -> None:
    report = judge(name)
    assert not [each for each in report.checks if each.status is CheckStatus.CRASH]
    compare(report, name)


@pytest.mark.parametrize(("name", "profile"), UNDER_A_PROFILE)
def test_report_under_a_profile_is_as_recorded(name: str, profile: str, judge: Callable[..., Report]) -> None:
    compare(judge(name, profile=profile), f"{name}.{profile}")


def test_no_golden_file_is_left_over() -> None:
    wanted = {*MACHINES, *(f"{name}.{profile}" for name, profile in UNDER_A_PROFILE)}
    assert {path.stem for path in FOLDER.glob("*.json")} == wanted
