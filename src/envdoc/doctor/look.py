"""What checks look at: facts of the machine as values, or `NotCheckedError` with the reason."""

from __future__ import annotations

from typing import TypeVar

from envdoc.doctor.base import Case, NotCheckedError
from envdoc.model.facts import Fact, Why
from envdoc.model.machine import Gpu, Package, Python, System, TargetKind, TorchBuild
from envdoc.rules import capability as capability_rule
from envdoc.rules import installed
from envdoc.rules.torch_file import public
from envdoc.rules.visible import Visible, of

__all__ = ["public"]

T = TypeVar("T")


def need(fact: Fact[T], what: str) -> T:
    """The value, or the end of the check."""
    if fact.value is None:
        raise NotCheckedError(f"{what}: {fact.reason()}")
    return fact.value


def on_windows(case: Case) -> bool:
    return case.machine.os.system is System.WINDOWS


def on_linux(case: Case) -> bool:
    return case.machine.os.system is System.LINUX


def in_container(case: Case) -> bool:
    return case.machine.os.container.or_else("none") not in ("none", "")


def has_gpu(case: Case) -> bool:
    """Whether an NVIDIA GPU is there, working or not."""
    machine = case.machine
    told = any(fact.value for fact in machine.gpu_sources.values())
    return bool(machine.gpus.value) or bool(machine.driver.pci.value) or told


def gpus(case: Case) -> tuple[Gpu, ...]:
    """Every GPU that the driver shows."""
    fact = case.machine.gpus
    if fact.value:
        return fact.value
    if fact.known or fact.why is Why.ABSENT:
        raise NotCheckedError("no GPU is usable")
    raise NotCheckedError(f"the GPUs could not be asked: {fact.reason()}")


def visible(case: Case) -> Visible:
    """What CUDA_VISIBLE_DEVICES leaves of them."""
    return of(case.machine.env, gpus(case))


def visible_gpus(case: Case) -> tuple[Gpu, ...]:
    """The GPUs that a program started here would see."""
    every = gpus(case)
    indices = visible(case).indices
    if not indices:
        raise NotCheckedError("CUDA_VISIBLE_DEVICES hides every GPU")
    return tuple(gpu for gpu in every if gpu.index in indices)


def capability(case: Case, gpu: Gpu) -> str:
    """A GPU's compute capability: as the driver tells it, else by its name; "" unknown."""
    return capability_rule.of(gpu, case.knowledge)


def named(gpu: Gpu) -> str:
    """`GPU 0 (NVIDIA H200)`."""
    return f"GPU {gpu.index} ({gpu.name.value})" if gpu.name.value else f"GPU {gpu.index}"


def capabilities(case: Case) -> tuple[str, ...]:
    """Compute capabilities of the visible GPUs, each once, lowest first; empty where there are none."""
    try:
        seen = {capability(case, gpu) for gpu in visible_gpus(case)}
    except NotCheckedError:
        return ()
    return capability_rule.ascending(seen)


def python(case: Case) -> Python:
    if case.machine.target.kind is TargetKind.NONE:
        raise NotCheckedError("no Python to judge")
    return need(case.machine.target.python, "the environment's Python")


def torch(case: Case) -> TorchBuild:
    fact = case.machine.target.torch
    if fact.why is Why.ABSENT:
        raise NotCheckedError("torch is not installed")
    return need(fact, "torch's files")


def packages(case: Case) -> dict[str, Package]:
    """Installed distributions by normalised name; of several copies the one that Python takes."""
    if "packages" not in case.memory:
        every = need(case.machine.target.packages, "the environment's packages")
        case.memory["packages"] = installed.by_name(every)
    found: dict[str, Package] = case.memory["packages"]
    return found


def package(case: Case, name: str) -> Package:
    """One installed distribution."""
    every = packages(case)
    if name not in every:
        raise NotCheckedError(f"{name} is not installed")
    return every[name]


def env_python(case: Case) -> str:
    """The path of the judged Python, for commands."""
    fact = case.machine.target.python
    return fact.value.path if fact.value else "python"


def visible_count(case: Case) -> int:
    """How many GPUs a program would see; 0 where none."""
    try:
        return len(visible_gpus(case))
    except NotCheckedError:
        return 0
