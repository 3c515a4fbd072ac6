"""What changed between two snapshots."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from envdoc.model.codec import decode
from envdoc.model.facts import known
from envdoc.model.machine import CudaDevice, CudaInit, GpuProcess, Machine
from envdoc.model.value import replace
from envdoc.workflow.diff import Change, changes

FILE = Path(__file__).parent.parent / "machines" / "linux-t4-535.json"
MACHINE = decode(Machine, json.loads(FILE.read_text(encoding="utf-8")))


def with_devices(count: int) -> Machine:
    devices = (CudaDevice("NVIDIA H200", "9.0", 143155),) * count
    init = CudaInit(0, "CUDA_SUCCESS", "libcuda.so.1", "13.0", devices)
    return replace(MACHINE, driver=replace(MACHINE.driver, cuda_init=known(init, "libcuda")))


def test_nothing_changed() -> None:
    assert changes(MACHINE, MACHINE) == ()


def test_a_package_that_was_upgraded_added_or_removed() -> None:
    packages = MACHINE.target.packages.value or ()
    upgraded = tuple(replace(each, version="9.9") if each.name == "numpy" else each for each in packages)
    after = replace(MACHINE, target=replace(MACHINE.target, packages=known(upgraded, "site-packages")))
    was = next(each.version for each in packages if each.name == "numpy")
    assert changes(MACHINE, after) == (Change("target.packages.numpy", was, "9.9"),)
    fewer = tuple(each for each in packages if each.name != "numpy")
    without = replace(MACHINE, target=replace(MACHINE.target, packages=known(fewer, "site-packages")))
    assert changes(MACHINE, without) == (Change("target.packages.numpy", was, ""),)
    assert changes(without, MACHINE) == (Change("target.packages.numpy", "", was),)


@pytest.mark.parametrize(("before", "after"), [(2, 4), (4, 2), (1, 2)])
def test_equal_devices_are_counted(before: int, after: int) -> None:
    told = changes(with_devices(before), with_devices(after))
    low, high = sorted((before, after))
    places = {change.place.split(".")[-2] for change in told}
    assert places == {f"NVIDIA H200 #{number}" for number in range(low + 1, high + 1)}


def test_equal_processes_are_counted() -> None:
    def holding(*pids: int) -> Machine:
        held = tuple(GpuProcess(pid, "python", 1000) for pid in pids)
        (gpu,) = MACHINE.gpus.value or ()
        return replace(MACHINE, gpus=known((replace(gpu, processes=known(held, "nvml")),), "nvml"))

    assert any("python #2" in change.place for change in changes(holding(1, 2), holding(1)))
