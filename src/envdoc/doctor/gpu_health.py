"""Whether the GPUs are well: lost ones, memory faults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import gpus, named, not_told, untold
from envdoc.doctor.words import found, per_shell, run
from envdoc.findings import finding, text
from envdoc.model.facts import Fact
from envdoc.model.finding import Finding
from envdoc.model.machine import Gpu
from envdoc.model.value import kinds

_LOST = "NVML_ERROR_GPU_IS_LOST"


@check("gpu-health", codes=("gpu-lost", "gpu-ecc-errors", "gpu-reset-needed"), gpu=True)
def gpu_health(case: Case) -> Outcome:
    lost = _lost(case)
    if lost:
        return found(lost)
    every = gpus(case)
    findings = tuple(each for gpu in every for each in _memory_faults(gpu))
    unseen = [line for gpu in every for line in _not_told(gpu)]
    return found(*findings, seen=text("checks", "gpus-answering", count=len(every)), unseen=unseen)


def _not_told(gpu: Gpu) -> Iterator[str]:
    """What a GPU did not tell of its memory. Cards without ECC have told that."""
    facts: dict[str, Fact[Any]] = {
        "ecc": gpu.ecc_uncorrected,
        "row-remapping": gpu.remapped_rows_pending,
    }
    for what, fact in facts.items():
        if untold(fact):
            yield not_told(named(gpu), what, fact)


def _lost(case: Case) -> Finding | None:
    told = [f"{name}: {fact.detail}" for name, fact in _asked(case) if fact.code == _LOST]
    if not told:
        return None
    return finding(
        "gpu-lost",
        evidence=list(dict.fromkeys(told))[:4],
        commands=per_shell(bash="sudo dmesg | grep -i xid; sudo reboot", cmd="shutdown /r /t 0"),
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
            "gpu-reset-needed",
            gpu=named(gpu),
            evidence=(
                text("gpu-reset-needed", "row-remapping", gpu=named(gpu)),
                text("checks", "ecc-errors", errors=text("checks", "untold") if errors is None else errors),
            ),
            commands=per_shell(bash=f"sudo nvidia-smi --gpu-reset -i {gpu.index}"),
        )
    elif errors is not None and errors > 0:
        yield finding(
            "gpu-ecc-errors",
            gpu=named(gpu),
            errors=errors,
            evidence=(text("gpu-ecc-errors", "errors", gpu=named(gpu), errors=errors),),
            commands=run("nvidia-smi -q -d ECC,ROW_REMAPPER"),
        )
