"""The samples' index, and what a machine that was read from one tells, in the form of its expectations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from envdoc.model.facts import PARTIAL
from envdoc.model.machine import Gpu, Machine

HERE = Path(__file__).parent
SAMPLES = HERE / "samples"


@cache
def index() -> tuple[dict[str, Any], ...]:
    """Every sample: file, origin, of what, programs, snapshot, and what its machines tell."""
    return tuple(yaml.safe_load((HERE / "samples.yaml").read_text(encoding="utf-8")))


def told(machine: Machine) -> dict[str, object]:
    """Only what is told; a missing fact has no line."""
    target, torch = machine.target, machine.target.torch.value
    python, toolkits = target.python.value, machine.toolkits.found.value
    facts = {
        "system": _assumed(machine, "os", machine.os.system.value),
        "arch": _assumed(machine, "arch", machine.os.arch),
        "name": machine.os.name.value,
        "libc": machine.os.libc.value,
        "wsl": machine.os.wsl.value,
        "cpu": machine.hardware.cpu.value,
        "memory": machine.hardware.memory_total_mib.value,
        "driver": machine.driver.version.value,
        "cuda_driver": machine.driver.cuda.value,
        "gpus": [" ".join(_gpu(each)) for each in machine.gpus.value or ()] or None,
        "torch": f"{torch.version} {torch.cuda}" if torch else None,
        "torch_missing": target.torch.why.value if target.torch.why and target.torch.why.value == "absent" else None,
        "python": python.version if python else None,
        "packages": _packages(machine),
        "toolkit": toolkits[0].version if toolkits else None,
        "doubts": [f"{each.what} {each.text} {each.meant}" for each in machine.listing.doubts] or None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _assumed(machine: Machine, fact: str, value: str) -> str | None:
    return None if any(each.fact == fact for each in machine.overrides) else value


def _gpu(gpu: Gpu) -> Iterator[str]:
    yield gpu.name.value or f"~{gpu.name.detail}"
    for fact in (gpu.compute_capability, gpu.memory_total_mib, gpu.pci_device, gpu.driver_model):
        if fact.value is not None:
            yield str(fact.value)
    if gpu.mig_enabled.value:
        yield "MIG"


def _packages(machine: Machine) -> str | None:
    fact = machine.target.packages
    return None if fact.value is None else f"{len(fact.value)}{' partial' if fact.code == PARTIAL else ''}"
