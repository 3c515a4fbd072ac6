"""What of a Machine counts: hidden GPUs, WSL, unreadable GPUs, C libraries, usable interpreters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from resolver_kit import Resolver

from envdoc.model.facts import Why, known, missing, readings
from envdoc.model.finding import Command, Shell
from envdoc.model.machine import (
    Driver,
    Gpu,
    Machine,
    OperatingSystem,
    Python,
    PythonKind,
    System,
)
from envdoc.model.resolution import Wish
from envdoc.rules.choice.situation import situate, usable


def machine(*capabilities: str, driver: str = "580.95.05", **env: str) -> Machine:
    gpus = tuple(Gpu(n, compute_capability=known(each)) for n, each in enumerate(capabilities))
    return Machine(
        OperatingSystem(System.LINUX, "x86_64", libc=known("glibc 2.39")),
        driver=Driver(version=readings(known(driver))),
        gpus=known(gpus),
        env=env,
    )


def test_hidden_gpus_do_not_count_and_are_named(resolving: Resolver) -> None:
    resolution = resolving.resolve(machine("6.1", "12.0", CUDA_VISIBLE_DEVICES="1"))
    assert (resolution.profile, resolution.gpus) == ("rtx50-cu128", ("12.0",))
    assert "`CUDA_VISIBLE_DEVICES` hides GPU 0: not counted" in resolution.why


def test_all_hidden_is_no_gpu(resolving: Resolver) -> None:
    resolution = resolving.resolve(machine("12.0", CUDA_VISIBLE_DEVICES="-1"))
    assert (resolution.profile, resolution.gpus) == ("cpu", ())
    named = resolving.resolve(machine("12.0", CUDA_VISIBLE_DEVICES="-1"), Wish("rtx50-cu128"))
    assert [(f.code, f.evidence) for f in named.findings] == [
        ("profile-gpu-absent", ("`CUDA_VISIBLE_DEVICES` hides every GPU",))
    ]


def test_wsl_counts_windows_driver_numbers(resolving: Resolver) -> None:
    """525.60.13 to 527.40 is enough for CUDA 12 on Linux, and too old where the driver is Windows' own."""
    native = machine("8.6", driver="526.98")
    assert resolving.resolve(native).cuda == "cu128"
    wsl = resolving.resolve(replace(native, os=replace(native.os, wsl=known(2))))
    assert wsl.cuda == "cu118"
    assert next(each.change for each in wsl.openers) == "driver 527.41 or newer"


def test_gpus_that_could_not_be_asked_are_not_no_gpus(resolving: Resolver) -> None:
    hung = replace(machine(), gpus=missing(Why.TIMED_OUT, "nvidia-smi"))
    resolution = resolving.resolve(hung)
    assert (resolution.cuda, [finding.code for finding in resolution.findings]) == (None, ["gpus-not-readable"])
    assert resolution.findings[0].evidence == ("GPUs could not be asked: timed-out (nvidia-smi)",)
    assert resolving.resolve(hung, Wish("cpu")).cuda == "cpu"


def test_gpu_on_the_bus_without_a_driver(resolving: Resolver) -> None:
    bare = replace(machine(), gpus=missing(Why.ABSENT, "nvml"), driver=Driver(pci=known(("0000:01:00.0 10de:2d04",))))
    assert [finding.code for finding in resolving.resolve(bare).findings] == ["gpus-not-readable"]


def test_nothing_there_is_the_cpu_profile(resolving: Resolver) -> None:
    nothing = replace(machine(), gpus=missing(Why.ABSENT, "nvml"), driver=Driver(pci=known(())))
    assert resolving.resolve(nothing).profile == "cpu"


def test_capability_by_name_where_the_driver_does_not_tell(resolving: Resolver) -> None:
    named = replace(machine(), gpus=known((Gpu(0, name=known("NVIDIA GeForce RTX 3060")),)))
    assert resolving.resolve(named).profile == "rtx30"
    strange = replace(machine(), gpus=known((Gpu(0, name=known("NVIDIA Graphics Device")),)))
    assert [finding.code for finding in resolving.resolve(strange).findings] == ["gpu-unknown"]


@pytest.mark.parametrize(
    ("libc", "code"),
    [("glibc 2.27", "bare-choice"), ("musl 1.2", "glibc-too-old"), ("glibc 2.28", None)],
)
def test_c_library(resolving: Resolver, libc: str, code: str | None) -> None:
    here = machine("8.9")
    resolution = resolving.resolve(replace(here, os=replace(here.os, libc=known(libc))))
    assert [finding.code for finding in resolution.findings] == ([code] if code else [])
    if libc == "glibc 2.27":  # the last line whose wheels are of manylinux2014
        assert (resolution.torch, resolution.cuda) == ("2.6.0", "cu124")
        assert resolution.openers[0].change.startswith("glibc 2.28 or newer")


def test_mixed_evidence_names_the_builds_that_would_do(resolving: Resolver) -> None:
    resolution = resolving.resolve(machine("7.0", "12.0", driver="590.48.01"))
    assert resolution.findings[0].code == "mixed-gpus-not-covered"
    assert "cu128 (2.8 to 2.10)" in resolution.findings[0].evidence[-1]
    none = resolving.resolve(machine("6.1", "12.0"))
    assert none.findings[0].evidence[-1] == "builds with code for all of them: none"
    assert none.gpus == ("12.0",)


def test_usable_interpreters() -> None:
    fine = Python("/usr/bin/python3.12", "3.12.3", PythonKind.SYSTEM)
    never = (
        Python("C:\\Windows\\python.exe", "", PythonKind.STORE_STUB),
        replace(fine, bits=32),
        replace(fine, free_threaded=True),
        replace(fine, implementation="pypy"),
        replace(fine, kind=PythonKind.EMBEDDED),
        replace(fine, version=""),
    )
    assert usable((*never, fine)) == (fine,)


def test_python_at_hand_breaks_ties_only(resolving: Resolver) -> None:
    """The preferred 3.12 is taken though only 3.11 is here; where 3.12 is out, 3.11 at hand goes before 3.13."""
    only311 = replace(machine("8.9"), pythons=known((Python("/opt/py/bin/python", "3.11.9", PythonKind.PYENV),)))
    assert resolving.resolve(only311).python == "3.12"
    own = replace(resolving.profiles["rtx40"], python=replace(resolving.profiles["rtx40"].python, prefer="3.14"))
    changed = Resolver()
    changed.profiles = {"rtx40": own}
    assert changed.resolve(only311, Wish("rtx40")).python == "3.11"
    only313 = replace(only311, pythons=known((Python("/opt/py/bin/python", "3.13.1", PythonKind.PYENV),)))
    assert changed.resolve(only313, Wish("rtx40")).python == "3.13"


def test_situation_of_a_recorded_machine_keeps_bus_order(resolving: Resolver) -> None:
    here = machine("12.0", "6.1")
    shuffled = replace(here, gpus=known(tuple(reversed(here.gpus.or_else(())))))
    assert situate(shuffled, resolving.knowledge) == situate(here, resolving.knowledge)


def test_numbers_that_may_be_of_another_order_are_told(resolving: Resolver) -> None:
    """CUDA counts the fastest first: number 0 may be the RTX 5090, though it stands second on the bus. libcuda's own
    list does not help: it is asked without the variable, so that it names all of them in bus order."""
    cards = (
        Gpu(0, name=known("NVIDIA GeForce GTX 1080"), compute_capability=known("6.1")),
        Gpu(1, name=known("NVIDIA GeForce RTX 5090"), compute_capability=known("12.0")),
    )
    unsure = replace(machine(CUDA_VISIBLE_DEVICES="0"), gpus=known(cards))
    resolution = resolving.resolve(unsure)
    assert resolution.profile == "gtx10"
    assert any("CUDA_DEVICE_ORDER=PCI_BUS_ID" in line for line in resolution.why)
    by_bus = replace(unsure, env={**unsure.env, "CUDA_DEVICE_ORDER": "PCI_BUS_ID"})
    assert not any("CUDA_DEVICE_ORDER" in line for line in resolving.resolve(by_bus).why)


def test_hiding_is_told_in_every_shell(resolving: Resolver) -> None:
    mixed = {"gpus": ("GTX 1080", "RTX 5090"), "driver": "581.29"}
    linux, windows = (resolving(system=system, **mixed).findings[0] for system in ("linux", "windows"))
    assert linux.remediation.commands[0] == Command(
        "export CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=1", Shell.BASH
    )
    assert windows.remediation.commands[:2] == (
        Command('set "CUDA_DEVICE_ORDER=PCI_BUS_ID" & set "CUDA_VISIBLE_DEVICES=1"', Shell.CMD),
        Command('$env:CUDA_DEVICE_ORDER="PCI_BUS_ID"; $env:CUDA_VISIBLE_DEVICES="1"', Shell.POWERSHELL),
    )


@pytest.mark.parametrize(
    ("driver", "told"),
    [
        (
            "535.54.03",
            "driver 535.54.03 runs cu128 by minor-version compatibility (from 525.60.13 on); "
            "driver 570.26 brings that CUDA itself",
        ),
        ("570.26", "driver 570.26 is new enough for cu128"),
    ],
)
def test_both_thresholds_of_the_driver_are_told(resolving: Resolver, driver: str, told: str) -> None:
    assert told in resolving.resolve(machine("8.9", driver=driver)).why


def test_an_unknown_driver_is_told_what_it_must_be(resolving: Resolver) -> None:
    """An RTX 50 needs 570, though cu128 itself needs only 525."""
    resolution = resolving(gpus=("RTX 5090",))
    assert "the driver version is not known: cu128 needs 570 or newer here" in resolution.why
    assert [finding.code for finding in resolution.findings] == ["driver-not-known"]
