"""Whether the GPUs may be used: free memory, compute mode, partitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import named, not_told, untold, visible_gpus
from envdoc.doctor.words import found, per_shell, run
from envdoc.findings import finding, text
from envdoc.model.facts import Fact
from envdoc.model.finding import Finding
from envdoc.model.machine import Gpu
from envdoc.model.text import joined

# A desktop holds up to about 2 GiB; a forgotten training run holds far more.
_HELD_MIB = 2048
_HELD_SHARE = 0.15


@check("gpu-free", codes=("gpu-memory-held",), gpu=True)
def gpu_free(case: Case) -> Outcome:
    findings, seen, unknown = [], [], []
    for gpu in visible_gpus(case):
        total, used = gpu.memory_total_mib.value, gpu.memory_used_mib.value
        if total is None or used is None:
            reason = gpu.memory_used_mib.reason() or gpu.memory_total_mib.reason()
            unknown.append(text("checks", "not-told", who=named(gpu), what=text("checks", "what-memory"), why=reason))
            continue
        seen.append(
            text(
                "checks", "gpu-free", gpu=gpu.index, free=f"{(total - used) / 1024:.1f}", total=f"{total / 1024:.1f}"
            )
        )
        if used > max(_HELD_MIB, total * _HELD_SHARE):
            findings.append(_held(gpu, used, total))
    return found(*findings, seen=joined(seen), unseen=unknown)


def _held(gpu: Gpu, used: int, total: int) -> Finding:
    holders = gpu.processes.value or ()
    names = [
        text("gpu-memory-held", "process", pid=each.pid, name=each.name, used=_mib(each.used_mib)) for each in holders
    ]
    return finding(
        "gpu-memory-held",
        gpu=named(gpu),
        used=f"{used / 1024:.1f}",
        total=f"{total / 1024:.1f}",
        evidence=names[:5]
        or [
            text("gpu-memory-held", "processes", told=gpu.processes.reason() or text("gpu-memory-held", "none-seen"))
        ],
        commands=run("nvidia-smi --query-compute-apps=pid,used_memory --format=csv"),
    )


def _mib(used: int | None) -> str:
    return text("gpu-memory-held", "untold") if used is None else f"{used} MiB"


@check("gpu-mode", codes=("gpu-compute-prohibited", "gpu-exclusive", "gpu-mig"), gpu=True)
def gpu_mode(case: Case) -> Outcome:
    findings = [each for gpu in visible_gpus(case) for each in _mode(gpu)]
    modes = {gpu.compute_mode.value for gpu in visible_gpus(case) if gpu.compute_mode.value}
    unseen = [line for gpu in visible_gpus(case) for line in _mode_not_told(gpu)]
    return found(*findings, seen=", ".join(sorted(modes)), unseen=unseen)


def _mode_not_told(gpu: Gpu) -> Iterator[str]:
    facts: dict[str, Fact[Any]] = {"compute-mode": gpu.compute_mode, "mig-mode": gpu.mig_enabled}
    for what, fact in facts.items():
        if untold(fact):
            yield not_told(named(gpu), what, fact)


def _mode(gpu: Gpu) -> Iterator[Finding]:
    mode = (gpu.compute_mode.value or "").lower()
    if "prohibited" in mode:
        yield finding(
            "gpu-compute-prohibited",
            gpu=named(gpu),
            evidence=(text("checks", "compute-mode", mode=gpu.compute_mode.value),),
            commands=per_shell(
                bash=f"sudo nvidia-smi -i {gpu.index} -c DEFAULT", cmd=f"nvidia-smi -i {gpu.index} -c DEFAULT"
            ),
        )
    elif "exclusive" in mode:
        yield finding(
            "gpu-exclusive",
            gpu=named(gpu),
            mode=gpu.compute_mode.value,
            evidence=(text("checks", "compute-mode", mode=gpu.compute_mode.value),),
        )
    if gpu.mig_enabled.value:
        yield finding(
            "gpu-mig",
            gpu=named(gpu),
            evidence=(text("gpu-mig", "mig-mode"),),
            commands=run("nvidia-smi -L"),
        )
