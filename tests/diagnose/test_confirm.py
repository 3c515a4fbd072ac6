"""What a machine confirms of a log: only what was looked at on it."""

from __future__ import annotations

import pytest

from envdoc.diagnose.confirm import _driver_loaded, _no_gpu
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Driver, Gpu, Machine, OperatingSystem, System

MATCH = None  # these two ask nothing of it
UNANSWERED = (Why.TIMED_OUT, Why.DENIED, Why.FAILED, Why.UNSUPPORTED, Why.NOT_ASKED)


def _machine(gpus: Fact[tuple[Gpu, ...]], module: Fact[str], system: System, wsl: Fact[int]) -> Machine:
    os = OperatingSystem(system, "x86_64", wsl=wsl)
    return Machine(os=os, gpus=gpus, driver=Driver(kernel_module=module))


def with_gpus(gpus: Fact[tuple[Gpu, ...]]) -> Machine:
    return _machine(gpus, missing(Why.ABSENT, "/sys"), System.LINUX, known(0))


def test_no_gpu_is_confirmed_where_it_was_looked_for() -> None:
    gone = missing(Why.ABSENT, "nvml", "no devices were found")  # type: Fact[tuple[Gpu, ...]]
    assert _no_gpu(MATCH, with_gpus(gone)) == (True, "no GPU: absent (nvml, no devices were found)")  # type: ignore[arg-type]
    assert _no_gpu(MATCH, with_gpus(known(()))) == (True, "no GPU was found")  # type: ignore[arg-type]
    assert _no_gpu(MATCH, with_gpus(known((Gpu(0),)))) == (None, "")  # type: ignore[arg-type]


@pytest.mark.parametrize("why", UNANSWERED)
def test_what_nobody_answered_confirms_nothing(why: Why) -> None:
    assert _no_gpu(MATCH, with_gpus(missing(why, "nvml"))) == (None, "")  # type: ignore[arg-type]
    unread = _machine(missing(why), missing(why, "/sys"), System.LINUX, known(0))
    assert _driver_loaded(MATCH, unread) == (None, "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("system", "wsl", "verdict"),
    [
        (System.LINUX, known(0), True),
        (System.LINUX, known(2), None),
        (System.LINUX, missing(Why.FAILED), None),
        (System.WINDOWS, known(0), None),
    ],
)
def test_a_kernel_module_is_asked_for_where_there_are_such(
    system: System, wsl: Fact[int], verdict: bool | None
) -> None:
    absent = _machine(missing(Why.ABSENT), missing(Why.ABSENT, "/sys/module/nvidia"), system, wsl)
    assert _driver_loaded(MATCH, absent)[0] is verdict  # type: ignore[arg-type]


def test_a_loaded_module_rules_it_out() -> None:
    loaded = _machine(missing(Why.ABSENT), known("580.95.05", "/sys"), System.LINUX, known(0))
    assert _driver_loaded(MATCH, loaded) == (False, "the kernel module 580.95.05 is loaded")  # type: ignore[arg-type]
