"""Facts that could not be had: no check crashes, and none passes on what it did not see."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from doctor_cases import MACHINES, case_of, read_machine

from envdoc.doctor import examine
from envdoc.model.facts import Fact, Readings, Why, missing, readings
from envdoc.model.finding import CheckStatus

FILES = ("linux-h200-580", "linux-gpu-lost", "win11-gbk", "win11-2x5060ti-576-cu126", "linux-3090-broken-packages")
GONE = missing(Why.TIMED_OUT, "probe", "no answer in 5 s")


def _facts(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every fact of a machine with its path, those within others too."""
    if isinstance(value, Readings):
        yield path, readings(GONE)
        return
    if isinstance(value, Fact):
        yield path, GONE
        yield from _facts(value.value, f"{path}.value")
    elif isinstance(value, dict):
        for key, item in value.items():
            if "." not in key:
                yield from _facts(item, f"{path}.{key}")
    elif isinstance(value, tuple) and len(value) < 10:
        for number, item in enumerate(value):
            yield from _facts(item, f"{path}.{number}")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _facts(getattr(value, field.name), f"{path}.{field.name}" if path else field.name)


@pytest.mark.parametrize("name", FILES)
def test_no_single_missing_fact_crashes_a_check(name: str) -> None:
    paths = dict(_facts(read_machine(name)))
    assert len(paths) > 50
    for path, gone in paths.items():
        report = examine(case_of(name, {path: gone}))
        crashed = [(each.id, each.reason) for each in report.checks if each.status is CheckStatus.CRASH]
        assert crashed == [], path


# These look at variables and at what the environment's path says: no fact is missing there.
NEED_NO_FACT = {
    "variable-values", "library-path", "hub-endpoint", "hub-switches", "bitsandbytes-override", "path-blanks",
    "visible-devices",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(path.stem for path in MACHINES.glob("*.json")))
def test_nothing_passes_on_facts_that_are_missing(name: str) -> None:
    outer = [path for path, _ in _facts(read_machine(name)) if ".value" not in path]
    gone: dict[str, object] = {
        path: readings(GONE) if path in ("driver.version", "driver.cuda") else GONE for path in outer
    }
    report = examine(case_of(name, {**gone, "target.leftovers": ()}))
    looked = {each.id: each.reason for each in report.checks if each.status is not CheckStatus.NOT_CHECKED}
    # cuInit that does not answer is a finding of its own
    assert set(looked) - NEED_NO_FACT - {"cuda-init"} == set()
