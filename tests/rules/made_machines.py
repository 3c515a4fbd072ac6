"""Machines put together from the profiles' bounds and the tables, the same ones in every run."""

from __future__ import annotations

import random
from functools import cache

from envdoc.knowledge.profiles import load_all
from envdoc.knowledge.rows import GpuRow
from envdoc.knowledge.tables import load
from envdoc.model.cuda import cuda_of, version_tuple
from envdoc.model.facts import Fact, Why, known, missing, readings
from envdoc.model.machine import (
    Driver,
    Gpu,
    Machine,
    OperatingSystem,
    Origin,
    Package,
    Python,
    PythonKind,
    System,
    Target,
    TargetKind,
    TorchBuild,
)
from envdoc.model.profile import Profile
from envdoc.model.value import dataclass

COUNT = 300
# the newer ones, which most profiles need, stand twice
LINUX_DRIVERS = (
    "", "450.80.02", "525.60.13", "535.54.03", "560.35.03", "570.26", "580.95.05", "580.159.04", "590.48.01",
    "580.95.05", "575.57.08", "",
)  # fmt: skip
WINDOWS_DRIVERS = (
    "", "452.39", "527.20", "527.41", "551.61", "566.36", "572.83", "576.88", "581.29", "591.44", "581.29", "",
)  # fmt: skip
PYTHONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


@dataclass(frozen=True, slots=True)
class Made:
    """`python` and `torch` ("2.8.0", "cpu") are those of the environment; "" without one."""

    machine: Machine
    profile: str  # that the GPUs were drawn for
    python: str = ""
    torch: tuple[str, str] = ("", "")


@cache
def every() -> tuple[Made, ...]:
    """COUNT machines. Nine of ten have GPUs of one profile's bounds, on a system that it is for."""
    dice = random.Random(20261126)
    profiles = tuple(load_all().values())
    return tuple(_one(dice, profiles[number % len(profiles)]) for number in range(COUNT))


def _one(dice: random.Random, profile: Profile) -> Made:
    system, arch = dice.choice(profile.systems), dice.choice(profile.arches)
    wsl = system is System.LINUX and arch == "x86_64" and dice.random() < 0.15
    driver = dice.choice(WINDOWS_DRIVERS if wsl or system is System.WINDOWS else LINUX_DRIVERS)
    rows = _rows(dice, profile)
    libc: Fact[str] = missing(Why.UNSUPPORTED)
    if system is System.LINUX:
        libc = known(dice.choice(("glibc 2.17", *3 * ("glibc 2.28", "glibc 2.35", "glibc 2.39"))))
    python = dice.choice((*PYTHONS, "3.12", "3.12", "")) if dice.random() < 0.8 else ""
    torch = dice.choice(
        (("", ""), *2 * (("2.8.0", "cpu"), ("2.6.0", "cu124"), ("2.7.1", "cu118")), ("2.8.0", "cu128"))
    )
    torch = torch if python else ("", "")
    machine = Machine(
        OperatingSystem(system, arch, libc=libc, wsl=known(2 if wsl else 0), container=known("none")),
        Origin.MINTED,
        driver=Driver(version=readings(known(driver)) if driver else readings()),
        gpus=known(tuple(_gpu(dice, index, row) for index, row in enumerate(rows))),
        target=target_of(system, python, torch),
    )
    return Made(machine, profile.id, python, torch)


def _rows(dice: random.Random, profile: Profile) -> list[GpuRow]:
    rows = [row for row in load().gpus if not row.integrated]
    if profile.gpus is None:
        return []
    low, high = version_tuple(profile.gpus.min), version_tuple(profile.gpus.max)
    inside = [row for row in rows if low <= version_tuple(row.capability) <= high] or rows
    first = dice.choice(inside if dice.random() < 0.9 else rows)
    if dice.random() < 0.8:
        return [first] * dice.choice((1, 1, 2))
    return [first, dice.choice(inside if dice.random() < 0.7 else rows)]


def _gpu(dice: random.Random, index: int, row: GpuRow) -> Gpu:
    """In one of five the driver does not tell the compute capability: the name must do."""
    name = "NVIDIA " + dice.choice(row.names).upper()
    told = dice.random() < 0.8 or load().gpu_named(name) is not row
    capability: Fact[str] = known(row.capability) if told else missing(Why.UNSUPPORTED)
    return Gpu(index, name=known(name), compute_capability=capability)


def target_of(system: System, python: str, torch: tuple[str, str]) -> Target:
    """An environment with that Python and torch, or none."""
    if not python:
        return Target()
    windows = system is System.WINDOWS
    prefix = "C:\\envs\\t" if windows else "/envs/t"
    path = f"{prefix}\\Scripts\\python.exe" if windows else f"{prefix}/bin/python"
    build: Fact[TorchBuild] = missing(Why.ABSENT)
    packages: tuple[Package, ...] = ()
    if torch[0]:
        version = f"{torch[0]}+{torch[1]}"
        build = known(TorchBuild(version, cuda_of(torch[1])))
        packages = (Package("torch", version, f"{prefix}/torch-{version}.dist-info"),)
    return Target(
        TargetKind.VENV, prefix, "--env", known(Python(path, f"{python}.4", PythonKind.VENV)), known(packages),
        torch=build,
    )  # fmt: skip
