"""Driver thresholds come from the tables: a row's own driver passes, one below does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from envdoc.knowledge.tables import load
from envdoc.model.facts import known, readings
from envdoc.model.finding import Report
from envdoc.model.machine import TorchBuild

FLOORS = [(row.cuda_major, system) for row in load().driver_floors for system in ("linux", "windows")]
MACHINE = {"linux": "linux-t4-535", "windows": "win11-4090-610"}


def _below(version: str) -> str:
    """The version one step below: 525.60.13 -> 525.60.12, 580 -> 579.99."""
    parts = [int(part) for part in version.split(".")]
    if len(parts) == 1:
        return f"{parts[0] - 1}.99"
    if parts[-1] == 0:
        return ".".join(map(str, [*parts[:-2], parts[-2] - 1, 99]))
    return ".".join(f"{part:02d}" if n else str(part) for n, part in enumerate([*parts[:-1], parts[-1] - 1]))


def _changes(driver: str, cuda: str) -> dict[str, object]:
    return {
        "driver.version": readings(known(driver, "nvml")),
        "driver.cuda_init.value.cuda_driver_version": "1.0",
        "target.torch": known(TorchBuild(f"2.8.0+cu{cuda.replace('.', '')}", cuda)),
    }


@pytest.mark.parametrize(("major", "system"), FLOORS)
def test_the_floor_itself_is_new_enough(major: int, system: str, judge: Callable[..., Report]) -> None:
    row = next(row for row in load().driver_floors if row.cuda_major == major)
    floor = row.windows if system == "windows" else row.linux
    report = judge(MACHINE[system], _changes(floor, f"{major}.0"), only=("driver-runtime",))
    assert "driver-too-old" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize(("major", "system"), FLOORS)
def test_one_below_the_floor_is_too_old(major: int, system: str, judge: Callable[..., Report]) -> None:
    row = next(row for row in load().driver_floors if row.cuda_major == major)
    floor = row.windows if system == "windows" else row.linux
    report = judge(MACHINE[system], _changes(_below(floor), f"{major}.0"), only=("driver-runtime",))
    (finding,) = report.findings
    assert finding.code == "driver-too-old"
    assert floor in finding.summary


@pytest.mark.parametrize("row", [row for row in load().native_drivers if row.linux], ids=lambda row: row.cuda)
def test_between_floor_and_native_both_are_named(row: object, judge: Callable[..., Report]) -> None:
    native, cuda = row.linux, row.cuda  # type: ignore[attr-defined]
    tag = f"cu{cuda.replace('.', '')}"
    floor = load().driver_floor(tag, "linux")
    at_native = judge("linux-t4-535", _changes(native, cuda), only=("driver-runtime",))
    assert at_native.findings == ()
    if floor == native:
        return
    (finding,) = judge("linux-t4-535", _changes(floor, cuda), only=("driver-runtime",)).findings
    assert finding.code == "driver-minor-compatible"
    assert floor in finding.summary
    assert native in finding.summary


@pytest.mark.parametrize("row", load().driver_branches, ids=lambda row: str(row.branch))
def test_branch_serves_from_its_least_capability_on(row: object, judge: Callable[..., Report]) -> None:
    least = row.capability_min  # type: ignore[attr-defined]
    driver = {"driver.version": readings(known(f"{row.branch}.10", "nvml")), "gpus.value.0.name": known("A GPU")}  # type: ignore[attr-defined]
    served = judge("linux-t4-535", {**driver, "gpus.value.0.compute_capability": known(least)})
    assert "driver-dropped-gpu" not in {finding.code for finding in served.findings}
    dropped = judge("linux-t4-535", {**driver, "gpus.value.0.compute_capability": known("3.0")})
    assert "driver-dropped-gpu" in {finding.code for finding in dropped.findings}
