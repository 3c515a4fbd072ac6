"""Whether the GPUs are well: lost ones, memory faults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import gpus, named
from envdoc.doctor.words import finding, found, per_shell, run
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Gpu

_XID = "https://docs.nvidia.com/deploy/xid-errors/"


@check("gpu-health", "GPU health", codes=("gpu-lost", "gpu-ecc-errors", "gpu-reset-needed"), gpu=True)
def gpu_health(case: Case) -> Outcome:
    lost = _lost(case)
    if lost:
        return found(lost)
    every = gpus(case)
    findings = tuple(found for gpu in every for found in _memory_faults(gpu))
    return found(*findings, seen=f"{len(every)} answering, no fault reported")


def _lost(case: Case) -> Finding | None:
    told = [line for line in _errors(case) if "GPU_IS_LOST" in line or "GPU is lost" in line]
    if not told:
        return None
    return finding(
        Severity.ERROR,
        "gpu-lost",
        "A GPU has fallen off the bus",
        evidence=list(dict.fromkeys(told))[:4],
        fix="Reboot the machine. If it comes back lost, check power cables, seating and temperature",
        commands=per_shell(bash="sudo dmesg | grep -i xid; sudo reboot", cmd="shutdown /r /t 0"),
        links=(_XID,),
        broken=True,
    )


def _errors(case: Case) -> Iterator[str]:
    """Every error text that a source gave about the GPUs or the driver."""
    driver = case.machine.driver
    yield from _details("nvml", driver.nvml, "nvidia-smi", driver.smi)
    yield from _details("GPUs", case.machine.gpus)
    yield from _details(*(part for name, fact in case.machine.gpu_sources.items() for part in (name, fact)))
    for gpu in case.machine.gpus.or_else(()):
        who = named(gpu)
        yield from _details(who, gpu.name, who, gpu.memory_total_mib, who, gpu.uuid)


def _details(*pairs: Any) -> Iterator[str]:
    """`name: detail` of each (name, fact) in turn whose fact carries an error's own words."""
    for name, fact in zip(pairs[::2], pairs[1::2], strict=True):
        if fact.detail and not fact.known:
            yield f"{name}: {fact.detail}"


def _memory_faults(gpu: Gpu) -> Iterator[Finding]:
    errors = gpu.ecc_uncorrected.or_else(0)
    pending = gpu.remapped_rows_pending.or_else(False)
    if pending:
        yield finding(
            Severity.ERROR,
            "gpu-reset-needed",
            f"{named(gpu)} has bad memory rows that are remapped at its next reset",
            evidence=(f"{named(gpu)}: row remapping pending", f"uncorrected ECC errors: {errors}"),
            fix="Stop all GPU work, then reset the GPU or reboot",
            commands=per_shell(bash=f"sudo nvidia-smi --gpu-reset -i {gpu.index}"),
            links=("https://docs.nvidia.com/deploy/a100-gpu-mem-error-mgmt/",),
            broken=True,
        )
    elif errors > 0:
        yield finding(
            Severity.ERROR,
            "gpu-ecc-errors",
            f"{named(gpu)} had uncorrected memory errors since the driver was loaded: {errors}",
            evidence=(f"{named(gpu)}: uncorrected ECC errors: {errors}",),
            fix="Reboot and watch the count; where it grows again the card must be replaced",
            commands=run("nvidia-smi -q -d ECC,ROW_REMAPPER"),
            links=(_XID,),
            broken=True,
        )
