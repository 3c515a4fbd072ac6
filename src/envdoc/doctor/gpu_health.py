"""Whether the GPUs are well: lost ones, memory faults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import gpus, named, untold
from envdoc.doctor.words import finding, found, per_shell, run
from envdoc.model.facts import Fact
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Gpu
from envdoc.model.value import kinds

_LOST = "NVML_ERROR_GPU_IS_LOST"
_XID = "https://docs.nvidia.com/deploy/xid-errors/"


@check("gpu-health", "GPU health", codes=("gpu-lost", "gpu-ecc-errors", "gpu-reset-needed"), gpu=True)
def gpu_health(case: Case) -> Outcome:
    lost = _lost(case)
    if lost:
        return found(lost)
    every = gpus(case)
    findings = tuple(each for gpu in every for each in _memory_faults(gpu))
    unseen = [line for gpu in every for line in _not_told(gpu)]
    return found(*findings, seen=f"{len(every)} answering, no fault reported", unseen=unseen)


def _not_told(gpu: Gpu) -> Iterator[str]:
    """What a GPU did not tell of its memory. Cards without ECC have told that."""
    facts: dict[str, Fact[Any]] = {
        "uncorrected ECC errors": gpu.ecc_uncorrected,
        "row remapping": gpu.remapped_rows_pending,
    }
    for what, fact in facts.items():
        if untold(fact):
            yield f"{named(gpu)}: {what} not told: {fact.reason()}"


def _lost(case: Case) -> Finding | None:
    told = [f"{name}: {fact.detail}" for name, fact in _asked(case) if fact.code == _LOST]
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


def _asked(case: Case) -> Iterator[tuple[str, Fact[Any]]]:
    """Everything that a source was asked about the GPUs or the driver, each with whom it is about."""
    driver = case.machine.driver
    yield from (("nvml", driver.nvml), ("nvidia-smi", driver.smi), ("GPUs", case.machine.gpus))
    yield from case.machine.gpu_sources.items()
    for gpu in case.machine.gpus.value or ():
        facts = (getattr(gpu, name) for name in kinds(Gpu))
        yield from ((named(gpu), fact) for fact in facts if isinstance(fact, Fact))


def _memory_faults(gpu: Gpu) -> Iterator[Finding]:
    errors = gpu.ecc_uncorrected.value
    if gpu.remapped_rows_pending.value:
        yield finding(
            Severity.ERROR,
            "gpu-reset-needed",
            f"{named(gpu)} has bad memory rows that are remapped at its next reset",
            evidence=(
                f"{named(gpu)}: row remapping pending",
                f"uncorrected ECC errors: {'not told' if errors is None else errors}",
            ),
            fix="Stop all GPU work, then reset the GPU or reboot",
            commands=per_shell(bash=f"sudo nvidia-smi --gpu-reset -i {gpu.index}"),
            links=("https://docs.nvidia.com/deploy/a100-gpu-mem-error-mgmt/",),
            broken=True,
        )
    elif errors is not None and errors > 0:
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
