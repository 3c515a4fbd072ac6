"""What-if: facts replaced, recorded as overrides, and refused where they mean nothing."""

from __future__ import annotations

import pytest
from resolver_kit import Resolver

from envdoc.errors import UsageError
from envdoc.model.facts import known, readings
from envdoc.model.machine import (
    Driver,
    Gpu,
    Machine,
    OperatingSystem,
    Origin,
    Override,
    Python,
    PythonKind,
    System,
    Target,
    TargetKind,
)
from envdoc.resolver import whatif

REAL = Machine(
    OperatingSystem(System.LINUX, "x86_64", libc=known("glibc 2.39")),
    driver=Driver(version=readings(known("535.54.03", "nvml"))),
    gpus=known((Gpu(0, name=known("Tesla T4"), compute_capability=known("7.5")),), "nvml"),
    pythons=known((Python("/usr/bin/python3", "3.12.3", PythonKind.SYSTEM),)),
    target=Target(TargetKind.VENV, "/home/user/env"),
    env={"CUDA_VISIBLE_DEVICES": "1"},
)


def test_driver_alone_keeps_the_gpus(resolving: Resolver) -> None:
    machine = whatif.apply(REAL, resolving.knowledge, driver="580.65.06")
    assert (machine.gpus, machine.driver.version.value, machine.driver.cuda.value) == (REAL.gpus, "580.65.06", "13.0")
    assert machine.origin is Origin.WHAT_IF
    assert machine.overrides == (Override("driver", "580.65.06", "--driver"),)


def test_other_gpus_are_not_hidden_by_this_machines_variable(resolving: Resolver) -> None:
    machine = whatif.apply(REAL, resolving.knowledge, gpus=("5060ti", "12.0"))
    capabilities = [gpu.compute_capability.value for gpu in machine.gpus.or_else(())]
    assert (capabilities, machine.env, machine.driver.version.value) == (["12.0", "12.0"], {}, "535.54.03")


def test_no_gpu(resolving: Resolver) -> None:
    machine = whatif.apply(REAL, resolving.knowledge, no_gpu=True)
    assert (machine.gpus.value, machine.driver) == ((), Driver())
    assert machine.overrides == (Override("gpu", "none", "--no-gpu"),)


def test_another_system_drops_what_belongs_to_this_one(resolving: Resolver) -> None:
    machine = whatif.apply(REAL, resolving.knowledge, system="windows", arch="AMD64")
    assert machine.os == OperatingSystem(System.WINDOWS, "x86_64")
    assert (machine.gpus, machine.target, machine.driver) == (REAL.gpus, Target(), Driver())
    assert not machine.pythons.known


def test_the_same_system_drops_nothing(resolving: Resolver) -> None:
    machine = whatif.apply(REAL, resolving.knowledge, system="linux", arch="x86_64")
    assert (machine.os, machine.target, machine.pythons) == (REAL.os, REAL.target, REAL.pythons)


def test_from_nothing(resolving: Resolver) -> None:
    machine = whatif.apply(None, resolving.knowledge, python="3.12.4")
    assert machine.os == OperatingSystem(System.LINUX, "x86_64")
    assert machine.overrides == (Override("python", "3.12", "--python"),)


@pytest.mark.parametrize(
    ("facts", "message", "hint"),
    [
        ({"gpus": ("RTX 5095",)}, "no GPU is known as `RTX 5095`", "`rtx 5090`"),
        ({"gpus": ("",)}, "no GPU is known as ``", "--gpu 12.0"),
        ({"gpus": ("13.7",)}, "no GPU has compute capability 13.7", "12.0"),
        ({"driver": "five"}, "`five` is no driver version", "581.29"),
        ({"driver": "580.65.06.1"}, "`580.65.06.1` is no driver version", "581.29"),
        ({"python": "2.7"}, "`2.7` is no Python version", "3.12"),
        ({"python": "312"}, "`312` is no Python version", "3.12"),
        ({"system": "solaris"}, "`solaris` is no operating system that envdoc knows", "windows"),
        ({"arch": "riscv"}, "`riscv` is no architecture that envdoc knows", "aarch64"),
        ({"gpus": ("5090",), "no_gpu": True}, "`--gpu` and `--no-gpu` exclude each other", "drop one"),
    ],
)
def test_nonsense_is_refused(resolving: Resolver, facts: dict[str, object], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        whatif.apply(None, resolving.knowledge, **facts)  # type: ignore[arg-type]
    assert caught.value.message == message
    assert hint in caught.value.hint


def test_a_branch_alone_means_its_newest_release(resolving: Resolver) -> None:
    """`--driver 580` is new enough for cu130, whose floor on Linux is 580.65.06."""
    from envdoc.model.resolution import Wish

    assert resolving(Wish("rtx50-cu130"), gpus=("RTX 5090",), driver="580").cuda == "cu130"


@pytest.mark.parametrize(
    ("system", "arch", "expected"),
    [("macos", "", "aarch64"), ("macos", "x86_64", "x86_64"), ("linux", "", "x86_64"), ("windows", "", "x86_64")],
)
def test_an_architecture_that_nobody_named_is_the_systems_usual_one(
    resolving: Resolver, system: str, arch: str, expected: str
) -> None:
    for machine in (None, REAL):
        assert whatif.apply(machine, resolving.knowledge, system=system, arch=arch).os.arch == expected
