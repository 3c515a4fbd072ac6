"""A Machine with facts replaced, to ask what would fit a machine that is not this one. Replaced facts are
recorded as overrides, and the result is marked `what-if`, so that nobody takes it for evidence."""

from __future__ import annotations

import re

from envdoc.errors import UsageError
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
        raise UsageError("`--gpu` and `--no-gpu` exclude each other", hint="drop one of them")
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


def _system(text: str) -> System | None:
    if text and text.lower() not in _SYSTEMS:
        raise UsageError(f"`{text}` is no operating system that envdoc knows", hint=f"one of {', '.join(_SYSTEMS)}")
    return _SYSTEMS[text.lower()] if text else None


def _arch(text: str) -> str:
    if text and text.lower() not in _ARCHES:
        raise UsageError(f"`{text}` is no architecture that envdoc knows", hint="one of x86_64, aarch64")
    return _ARCHES[text.lower()] if text else ""


def _gpu(index: int, text: str, knowledge: Knowledge) -> Gpu:
    if re.fullmatch(r"\d{1,2}\.\d", text.strip()):
        capability = text.strip()
        if all(row.capability != capability for row in knowledge.gpus):
            every = ", ".join(dict.fromkeys(row.capability for row in knowledge.gpus))
            raise UsageError(f"no GPU has compute capability {capability}", hint=f"known ones: {every}")
        return Gpu(index, compute_capability=known(capability, _SOURCE))
    row = knowledge.gpu_named(text)
    if row is None:
        raise UsageError(f"no GPU is known as `{text}`", hint=_near(text, knowledge.gpus))
    name: Fact[str] = known(text.strip(), _SOURCE)
    return Gpu(index, name=name, compute_capability=known(row.capability, _SOURCE))


def _near(text: str, rows: tuple[GpuRow, ...]) -> str:
    names = [name for row in rows for name in row.names]
    wanted = text.lower().replace("nvidia", "").replace("geforce", "").strip()
    import difflib

    near = difflib.get_close_matches(wanted, names, n=4, cutoff=0.5)
    told = f"did you mean {', '.join(f'`{name}`' for name in near)}? " if near else ""
    return f"{told}A compute capability does too: `--gpu 12.0`"


def _driver(text: str, knowledge: Knowledge, real: Driver) -> Driver:
    """Versions look like 581.29, 580.159.04, or a branch alone, 580 (its newest release is meant)."""
    if not re.fullmatch(r"\d{3}(\.\d{1,3}){0,2}", text):
        raise UsageError(f"`{text}` is no driver version", hint="write it as `nvidia-smi` does: `--driver 581.29`")
    offered = drivers.cuda_of_branch(int(text[:3]), knowledge)
    cuda = readings(known(offered, _SOURCE)) if offered else real.cuda
    return replace(real, version=readings(known(text, _SOURCE)), cuda=cuda)


def _minor(text: str) -> str:
    return ".".join(text.split(".")[:2])


def _python(text: str) -> Python:
    if not re.fullmatch(r"3\.\d{1,2}(\.\d{1,2})?", text):
        raise UsageError(f"`{text}` is no Python version", hint="write it as `--python 3.12`")
    return Python(path="", version=text, kind=PythonKind.PATH)
