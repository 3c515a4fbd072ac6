"""The facts of a machine that must be alike where several train together, as words that can be compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.facts import Fact, Readings
from envdoc.model.fleet import Told
from envdoc.model.machine import Gpu, Machine, Package

# Interfaces that containers and bridges come and go with; none of them joins machines.
_PASSING = re.compile(r"(lo|docker\d*|veth.*|br-.*|virbr.*|cali.*|flannel.*|cni.*|tap.*|tun.*|vnet.*|dummy.*)")
_NCCL = re.compile(r"nvidia-nccl-cu\d+")


def facts(machine: Machine) -> dict[str, Told]:
    """Fact -> what the machine tells of it, in the order of the table; packages last."""
    return dict((*_system(machine), *_gpus(machine), *_software(machine), *_have(machine), *_packages(machine)))


def title(fact: str, paths: tuple[str, ...] = ()) -> str:
    """What a fact is called in a table; `paths` are those that were asked for."""
    kind, _, name = fact.partition(":")
    if kind == "have":
        return text("fleet", "fact-have", path=paths[int(name)] if int(name) < len(paths) else name)
    return text("fleet", f"fact-{kind}", name=name) if name else text("fleet", f"fact-{fact}")


def _system(machine: Machine) -> Iterator[tuple[str, Told]]:
    told = _of(machine.os.name)
    yield "os", told if told.why else Told(f"{told.value} {machine.os.arch}")
    yield "kernel", _of(machine.os.kernel)
    driver = machine.driver.version
    yield "driver", Told(driver.value) if driver.value else Told("", _why(driver))
    yield "interfaces", _interfaces(machine)


def _gpus(machine: Machine) -> Iterator[tuple[str, Told]]:
    gpus = machine.gpus
    if gpus.value is None:
        yield "gpus", Told("", gpus.reason())
        return
    counted = Counter(_card(gpu) for gpu in gpus.value)
    yield "gpus", Told(", ".join(f"{count} x {name}" for name, count in sorted(counted.items())) or "0")


def _card(gpu: Gpu) -> str:
    size = gpu.memory_total_mib.value
    name = gpu.name.value or f"GPU {gpu.compute_capability.value or ''}".strip()
    return f"{name} ({round(size / 1024)} GiB)" if size else name


def _software(machine: Machine) -> Iterator[tuple[str, Told]]:
    python, torch = machine.target.python, machine.target.torch
    yield "python", Told(python.value.version) if python.value else Told("", python.reason())
    yield "torch", Told(torch.value.version) if torch.value else Told("", torch.reason())
    packages = machine.target.packages
    nccl = [f"{each.version}" for each in packages.or_else(()) if _NCCL.fullmatch(each.name)]
    yield "nccl", Told(", ".join(nccl) or "-") if packages.known else Told("", packages.reason())


def _interfaces(machine: Machine) -> Told:
    told = machine.hardware.interfaces
    if told.value is None:
        return Told("", told.reason())
    return Told(" ".join(sorted(name for name in told.value if not _PASSING.fullmatch(name))) or "-")


def _have(machine: Machine) -> Iterator[tuple[str, Told]]:
    for number, each in enumerate(machine.have):
        # absent is an answer here, not a gap
        absent = each.value is None and each.why is not None and each.why.value == "absent"
        yield f"have:{number}", Told(text("fleet", "absent")) if absent else _of(each)


def _packages(machine: Machine) -> Iterator[tuple[str, Told]]:
    for each in sorted(machine.target.packages.or_else(()), key=_name):
        if not _NCCL.fullmatch(each.name) and each.name != "torch":
            yield f"package:{each.name}", Told(each.version)


def _name(package: Package) -> str:
    return package.name


def _why(readings: Readings[str]) -> str:
    """Why none of the sources told it."""
    return next((fact.reason() for fact in readings.facts), text("fleet", "untold"))


def _of(fact: Fact[str]) -> Told:
    return Told(fact.value) if fact.value is not None else Told("", fact.reason())
