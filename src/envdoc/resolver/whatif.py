"""A Machine with facts replaced, to ask what would fit a machine that is not this one. Replaced facts are
recorded as overrides, and the result is marked `what-if`, so that nobody takes it for evidence."""

from __future__ import annotations

import re

from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.knowledge.rows import GpuRow
from envdoc.knowledge.tables import Knowledge
from envdoc.model.facts import Fact, known, readings
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
)
from envdoc.model.value import replace
from envdoc.rules import drivers

_SYSTEMS = {"linux": System.LINUX, "windows": System.WINDOWS, "darwin": System.DARWIN, "macos": System.DARWIN}
_ARCHES = {"x86_64": "x86_64", "amd64": "x86_64", "x64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
_SOURCE = "what-if"


def apply(
    machine: Machine | None,
    knowledge: Knowledge,
    *,
    gpus: tuple[str, ...] = (),
    no_gpu: bool = False,
    driver: str = "",
    system: str = "",
    arch: str = "",
    python: str = "",
) -> Machine:
    """The machine with these facts in place; None starts from a Linux x86_64 machine of which nothing is known.

    GPUs are marketing names ("RTX 5060 Ti", "5060ti", "H200") or compute capabilities ("12.0").

    Raises:
        UsageError: an unknown GPU (the hint lists near names), or a value that is none.
    """
    if gpus and no_gpu:
        raise UsageError(text("errors", "gpu-and-no-gpu"), hint=text("errors", "drop-one"))
    out = _placed(machine, _system(system), _arch(arch))
    if gpus or no_gpu:
        out = _with_gpus(out, tuple(_gpu(number, name, knowledge) for number, name in enumerate(gpus)))
    if driver:
        out = replace(out, driver=_driver(driver, knowledge, out.driver))
    if python:
        out = replace(out, pythons=known((_python(python),), _SOURCE))
    asked = (
        *(Override("gpu", name, "--gpu") for name in gpus),
        *((Override("gpu", "none", "--no-gpu"),) if no_gpu else ()),
        *(Override("driver", driver, "--driver") for _ in [0] if driver),
        *(Override("os", out.os.system.value, "--os") for _ in [0] if system),
        *(Override("arch", out.os.arch, "--arch") for _ in [0] if arch),
        *(Override("python", _minor(python), "--python") for _ in [0] if python),
    )
    return replace(out, origin=Origin.WHAT_IF, overrides=(*out.overrides, *asked))


def _placed(machine: Machine | None, system: System | None, arch: str) -> Machine:
    """The machine on the wished system. Another system or architecture takes its interpreters, toolkits,
    environment and driver away: their paths and numbers would be those of the real one."""
    if machine is None:
        named = system or System.LINUX
        return Machine(os=OperatingSystem(named, arch or usual_arch(named)))
    moved = system is not None and system is not machine.os.system
    there = OperatingSystem(system or machine.os.system, arch or (usual_arch(system) if moved else machine.os.arch))
    if (there.system, there.arch) == (machine.os.system, machine.os.arch):
        return machine
    return Machine(os=there, hardware=machine.hardware, gpus=machine.gpus, overrides=machine.overrides)


def usual_arch(system: System | None) -> str:
    """The architecture that is meant where nobody names one: Macs have been Apple's own silicon since 2020, and
    torch publishes nothing for the older ones any more."""
    return "aarch64" if system is System.DARWIN else "x86_64"


def _with_gpus(machine: Machine, gpus: tuple[Gpu, ...]) -> Machine:
    """Other GPUs: what the driver said about the real ones, and which of them were hidden, no longer counts."""
    kept = Driver(version=machine.driver.version, cuda=machine.driver.cuda)
    env = {name: value for name, value in machine.env.items() if name != "CUDA_VISIBLE_DEVICES"}
    return replace(machine, gpus=known(gpus, _SOURCE), gpu_sources={}, driver=kept if gpus else Driver(), env=env)


def _system(asked: str) -> System | None:
    if asked and asked.lower() not in _SYSTEMS:
        raise UsageError(
            text("errors", "no-system", asked=asked), hint=text("errors", "one-of", names=", ".join(_SYSTEMS))
        )
    return _SYSTEMS[asked.lower()] if asked else None


def _arch(asked: str) -> str:
    if asked and asked.lower() not in _ARCHES:
        raise UsageError(text("errors", "no-arch", asked=asked), hint=text("errors", "one-of-arches"))
    return _ARCHES[asked.lower()] if asked else ""


def _gpu(index: int, asked: str, knowledge: Knowledge) -> Gpu:
    if re.fullmatch(r"\d{1,2}\.\d", asked.strip()):
        capability = asked.strip()
        if all(row.capability != capability for row in knowledge.gpus):
            every = ", ".join(dict.fromkeys(row.capability for row in knowledge.gpus))
            raise UsageError(
                text("errors", "no-capability", capability=capability), hint=text("errors", "known-ones", names=every)
            )
        return Gpu(index, compute_capability=known(capability, _SOURCE))
    row = knowledge.gpu_named(asked)
    if row is None:
        raise UsageError(text("errors", "no-gpu-named", asked=asked), hint=_near(asked, knowledge.gpus))
    name: Fact[str] = known(asked.strip(), _SOURCE)
    return Gpu(index, name=name, compute_capability=known(row.capability, _SOURCE))


def _near(asked: str, rows: tuple[GpuRow, ...]) -> str:
    names = [name for row in rows for name in row.names]
    wanted = asked.lower().replace("nvidia", "").replace("geforce", "").strip()
    import difflib

    near = difflib.get_close_matches(wanted, names, n=4, cutoff=0.5)
    return text("errors", "gpu-hint", names=", ".join(f"`{name}`" for name in near))


def _driver(asked: str, knowledge: Knowledge, real: Driver) -> Driver:
    """Versions look like 581.29, 580.159.04, or a branch alone, 580 (its newest release is meant)."""
    if not re.fullmatch(r"\d{3}(\.\d{1,3}){0,2}", asked):
        raise UsageError(text("errors", "no-driver-version", asked=asked), hint=text("errors", "driver-hint"))
    offered = drivers.cuda_of_branch(int(asked[:3]), knowledge)
    cuda = readings(known(offered, _SOURCE)) if offered else real.cuda
    return replace(real, version=readings(known(asked, _SOURCE)), cuda=cuda)


def _minor(asked: str) -> str:
    return ".".join(asked.split(".")[:2])


def _python(asked: str) -> Python:
    if not re.fullmatch(r"3\.\d{1,2}(\.\d{1,2})?", asked):
        raise UsageError(text("errors", "no-python-version", asked=asked), hint=text("errors", "python-hint"))
    return Python(path="", version=asked, kind=PythonKind.PATH)
