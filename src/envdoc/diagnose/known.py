"""What is known in the end: the probed machine's facts where there are some, else what the log says."""

from __future__ import annotations

import re

from envdoc.diagnose.logfacts import LogFacts
from envdoc.diagnose.values import Context
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import tag_of
from envdoc.model.machine import Machine, System
from envdoc.model.value import dataclass, replace
from envdoc.rules import capability

_TAG = re.compile(r"cpu|cu1\d\d")  # what a log's damage leaves of a tag is none


@dataclass(frozen=True, slots=True)
class Known:
    """The facts that remedies are chosen by. "" or empty where nobody knows; `system` falls back to Linux."""

    system: System
    system_known: bool
    arch: str
    python: str  # minor, "3.12"
    torch: str  # "2.8.0"
    torch_cuda: str  # "cu128", "cpu", ""
    driver: str
    cuda_driver: str
    toolkit: str
    capabilities: tuple[str, ...]
    gpus: tuple[str, ...]


def know(facts: LogFacts, context: Context, listed: tuple[Machine, ...] = ()) -> Known:
    """Put both together. A GPU that only has a name gets its capability from the table `gpus`.

    A listing in the log fills what the log's sentences leave open, if it tells of one machine.
    """
    known = _known(facts, context)
    if len(listed) != 1:
        return known
    told = _known(LogFacts(), replace(context, machine=listed[0]))
    names = ("python", "torch", "torch_cuda", "driver", "cuda_driver", "toolkit", "capabilities", "gpus")
    return replace(known, **{name: getattr(told, name) for name in names if not getattr(known, name)})


def _known(facts: LogFacts, context: Context) -> Known:
    machine = context.machine
    system = (
        context.system or (machine.os.system if machine else None) or (System(facts.system) if facts.system else None)
    )
    torch, _, tag = facts.torch.partition("+")
    gpus = _machine_gpus(machine) or facts.gpus
    capabilities = _machine_capabilities(machine, context.knowledge)
    if not capabilities:
        capabilities = _capabilities(facts, context.knowledge)
    if machine and machine.target.torch.value is not None:
        torch, tag = machine.target.torch.value.version.partition("+")[0], tag_of(machine.target.torch.value.cuda)
    return Known(
        system=system or System.LINUX,
        system_known=system is not None,
        arch=machine.os.arch if machine else "aarch64" if "aarch64" in facts.text else "x86_64",
        python=_machine_python(machine) or facts.python,
        torch=torch,
        torch_cuda=tag if _TAG.fullmatch(tag) else "",
        driver=(machine.driver.version.value if machine else None) or facts.driver,
        cuda_driver=(machine.driver.cuda.value if machine else None) or facts.cuda_driver,
        toolkit=_machine_toolkit(machine) or facts.toolkit,
        capabilities=capabilities,
        gpus=gpus,
    )


def _machine_gpus(machine: Machine | None) -> tuple[str, ...]:
    gpus = (machine.gpus.value or ()) if machine else ()
    return tuple(gpu.name.value for gpu in gpus if gpu.name.value)


def _machine_capabilities(machine: Machine | None, knowledge: Knowledge | None) -> tuple[str, ...]:
    gpus = (machine.gpus.value or ()) if machine else ()
    if knowledge is None:
        return capability.ascending(gpu.compute_capability.or_else("") for gpu in gpus)
    return capability.ascending(capability.of(gpu, knowledge) for gpu in gpus)


def _machine_python(machine: Machine | None) -> str:
    python = machine.target.python.value if machine else None
    return python.minor if python else ""


def _machine_toolkit(machine: Machine | None) -> str:
    found = (machine.toolkits.found.value or ()) if machine else ()
    return found[0].release if len(found) == 1 else ""


def _capabilities(facts: LogFacts, knowledge: Knowledge | None) -> tuple[str, ...]:
    if facts.capability:
        return (facts.capability,)
    if knowledge is None:
        return ()
    return tuple(dict.fromkeys(has for name in facts.gpus if (has := capability.by_name(name, knowledge))))
