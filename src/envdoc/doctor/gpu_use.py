"""Whether the GPUs may be used: free memory, compute mode, partitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import named, untold, visible_gpus
from envdoc.doctor.words import finding, found, per_shell, run
from envdoc.model.facts import Fact
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Gpu

# A desktop holds up to about 2 GiB; a forgotten training run holds far more.
_HELD_MIB = 2048
_HELD_SHARE = 0.15


@check("gpu-free", "GPU memory is free", codes=("gpu-memory-held",), gpu=True)
def gpu_free(case: Case) -> Outcome:
    findings, seen, unknown = [], [], []
    for gpu in visible_gpus(case):
        total, used = gpu.memory_total_mib.value, gpu.memory_used_mib.value
        if total is None or used is None:
            reason = gpu.memory_used_mib.reason() or gpu.memory_total_mib.reason()
            unknown.append(f"{named(gpu)}: memory in use not told: {reason}")
            continue
        seen.append(f"GPU {gpu.index}: {(total - used) / 1024:.1f} of {total / 1024:.1f} GiB")
        if used > max(_HELD_MIB, total * _HELD_SHARE):
            findings.append(_held(gpu, used, total))
    return found(*findings, seen=", ".join(seen), unseen=unknown)


def _held(gpu: Gpu, used: int, total: int) -> Finding:
    holders = gpu.processes.value or ()
    names = [f"process {each.pid}{f' ({each.name})' if each.name else ''}: {_mib(each.used_mib)}" for each in holders]
    return finding(
        Severity.WARNING,
        "gpu-memory-held",
        f"{named(gpu)}: {used / 1024:.1f} of {total / 1024:.1f} GiB are held by others",
        evidence=names[:5] or [f"processes: {gpu.processes.reason() or 'none that may be seen'}"],
        fix="End what holds it, or choose another GPU",
        commands=run("nvidia-smi --query-compute-apps=pid,used_memory --format=csv"),
    )


def _mib(used: int | None) -> str:
    return "memory not told" if used is None else f"{used} MiB"


@check("gpu-mode", "GPU compute mode", codes=("gpu-compute-prohibited", "gpu-exclusive", "gpu-mig"), gpu=True)
def gpu_mode(case: Case) -> Outcome:
    findings = [each for gpu in visible_gpus(case) for each in _mode(gpu)]
    modes = {gpu.compute_mode.value for gpu in visible_gpus(case) if gpu.compute_mode.value}
    unseen = [line for gpu in visible_gpus(case) for line in _mode_not_told(gpu)]
    return found(*findings, seen=", ".join(sorted(modes)), unseen=unseen)


def _mode_not_told(gpu: Gpu) -> Iterator[str]:
    facts: dict[str, Fact[Any]] = {"compute mode": gpu.compute_mode, "MIG mode": gpu.mig_enabled}
    for what, fact in facts.items():
        if untold(fact):
            yield f"{named(gpu)}: {what} not told: {fact.reason()}"


def _mode(gpu: Gpu) -> Iterator[Finding]:
    mode = (gpu.compute_mode.value or "").lower()
    if "prohibited" in mode:
        yield finding(
            Severity.ERROR,
            "gpu-compute-prohibited",
            f"{named(gpu)} is in compute mode Prohibited: no program can use CUDA on it",
            evidence=(f"compute mode: {gpu.compute_mode.value}",),
            fix="Set the default compute mode",
            commands=per_shell(
                bash=f"sudo nvidia-smi -i {gpu.index} -c DEFAULT", cmd=f"nvidia-smi -i {gpu.index} -c DEFAULT"
            ),
        )
    elif "exclusive" in mode:
        yield finding(
            Severity.INFO,
            "gpu-exclusive",
            f"{named(gpu)} serves one process at a time ({gpu.compute_mode.value})",
            evidence=(f"compute mode: {gpu.compute_mode.value}",),
        )
    if gpu.mig_enabled.value:
        yield finding(
            Severity.INFO,
            "gpu-mig",
            f"{named(gpu)} is partitioned (MIG): CUDA shows one of its instances to a process",
            evidence=("MIG mode: enabled",),
            fix="Name the instance in CUDA_VISIBLE_DEVICES",
            commands=run("nvidia-smi -L"),
        )
