"""What checks look at: facts of the machine as values, or `NotCheckedError` with the reason."""

from __future__ import annotations

from typing import Any, TypeVar

from envdoc.doctor.base import BlindError, Case, NotCheckedError
from envdoc.findings import text
from envdoc.model.facts import PARTIAL, Fact, Why
from envdoc.model.machine import Gpu, Package, Python, System, TargetKind, TorchBuild
from envdoc.model.text import Text
from envdoc.rules import capability as capability_rule
from envdoc.rules import drivers, installed
from envdoc.rules.torch_file import public
from envdoc.rules.visible import Visible, of

__all__ = ["public"]

T = TypeVar("T")


def need(fact: Fact[T], what: str) -> T:
    """The value, or the end of the check; it was blind where the fact is missing for another reason than absence.

    `what` names the sentence of `words/checks.yaml` that says what it is, or is a sentence or a name itself.
    """
    if fact.value is None:
        kind = NotCheckedError if fact.why in (Why.ABSENT, Why.UNSUPPORTED) else BlindError
        raise kind(what_why(what, fact))
    return fact.value


def what_why(what: str, fact: Fact[Any]) -> Text:
    """What is missing, and why: `driver version: timed-out (nvidia-smi)`."""
    name = text("checks", what) if what.startswith("what-") else what
    return text("checks", "named", name=name, told=fact.reason())


def not_told(who: str, what: str, fact: Fact[Any]) -> Text:
    """What a GPU did not tell, and why; `what` is the end of a name in `words/checks.yaml` (`what-capability`)."""
    return text("checks", "not-told", who=who, what=text("checks", f"what-{what}"), why=fact.reason())


def untold(fact: Fact[Any]) -> bool:
    """Whether it could not be had. A card that has no such thing (UNSUPPORTED) has told that."""
    return fact.why not in (None, Why.ABSENT, Why.UNSUPPORTED)


def in_wsl(case: Case) -> bool:
    """Whether this is known to be WSL."""
    return drivers.under_wsl(case.machine.os)


def on_windows(case: Case) -> bool:
    return case.machine.os.system is System.WINDOWS


def on_linux(case: Case) -> bool:
    return case.machine.os.system is System.LINUX


def in_container(case: Case) -> bool:
    """Whether this is known to be a container."""
    return case.machine.os.container.value not in (None, "none", "")


def has_gpu(case: Case) -> bool:
    """Whether an NVIDIA GPU is there, working or not."""
    machine, driver = case.machine, case.machine.driver
    listed_by: tuple[Fact[Any], ...] = (machine.gpus, driver.pci, *machine.gpu_sources.values())
    init = driver.cuda_init.value
    return any(fact.value for fact in listed_by) or bool(gpu_nodes(case)) or bool(init and init.devices)


def gpu_nodes(case: Case) -> tuple[str, ...]:
    """`/dev/nvidia0` and the like: one for each GPU that this system, or this container, was given."""
    nodes = case.machine.driver.device_nodes.value or ()
    return tuple(node for node in nodes if node.removeprefix("/dev/nvidia").isdigit())


def gpus(case: Case) -> tuple[Gpu, ...]:
    """Every GPU that the driver shows."""
    fact = case.machine.gpus
    if fact.value:
        return fact.value
    if fact.known or fact.why is Why.ABSENT:
        raise NotCheckedError(text("checks", "no-usable-gpu"))
    raise BlindError(text("checks", "gpus-not-asked", why=fact.reason()))


def visible(case: Case) -> Visible:
    """What CUDA_VISIBLE_DEVICES leaves of them."""
    return of(case.machine.env, gpus(case))


def visible_gpus(case: Case) -> tuple[Gpu, ...]:
    """The GPUs that a program started here would see."""
    every = gpus(case)
    indices = visible(case).indices
    if not indices:
        raise NotCheckedError(text("checks", "all-hidden"))
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


def judged(case: Case) -> None:
    """The end of the check where there is no environment to judge, or nobody looked for one."""
    target = case.machine.target
    if target.kind is TargetKind.NONE and untold(target.python):
        raise BlindError(what_why("what-python", target.python))
    if target.kind is TargetKind.NONE:
        raise NotCheckedError(text("checks", "no-python"))


def python(case: Case) -> Python:
    judged(case)
    return need(case.machine.target.python, "what-python")


def torch(case: Case) -> TorchBuild:
    fact = case.machine.target.torch
    if fact.why is Why.ABSENT:
        raise NotCheckedError(text("checks", "no-torch-installed"))
    return need(fact, "what-torch")


def packages(case: Case) -> dict[str, Package]:
    """Installed distributions by normalised name; of several copies the one that Python takes."""
    if "packages" not in case.memory:
        every = need(case.machine.target.packages, "what-packages")
        case.memory["packages"] = installed.by_name(every)
    found: dict[str, Package] = case.memory["packages"]
    return found


def whole_packages(case: Case) -> dict[str, Package]:
    """The same, for a check that concludes from what is not there; the end of it where only some are told."""
    found = packages(case)
    if case.machine.target.packages.code == PARTIAL:
        raise BlindError(text("checks", "packages-partial"))
    return found


def package(case: Case, name: str) -> Package:
    """One installed distribution."""
    every = packages(case)
    if name not in every:
        every = whole_packages(case)
        raise NotCheckedError(text("checks", "not-installed", name=name))
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
