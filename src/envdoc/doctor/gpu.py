"""The GPUs themselves: whether there are any, whether they are well, and whether they are free."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import capability, gpus, has_gpu, in_container, named, visible_gpus
from envdoc.doctor.words import finding, found, passed, per_shell, run, shown
from envdoc.model.facts import Why
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.machine import Gpu

# A desktop holds up to about 2 GiB; a forgotten training run holds far more.
_HELD_MIB = 2048
_HELD_SHARE = 0.15
_GIVE_GPUS = (Command("docker run --gpus all --ipc=host IMAGE"),)
_CONTAINER_TOOLKIT = "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html"
_XID = "https://docs.nvidia.com/deploy/xid-errors/"


@check("gpu-present", "NVIDIA GPU", codes=("no-gpu", "gpu-hidden-from-container", "gpu-not-driven"), gpu=True)
def gpu_present(case: Case) -> Outcome:
    fact = case.machine.gpus
    if fact.value:
        return passed(", ".join(f"{gpu.name.or_else('?')} ({capability(case, gpu) or '?'})" for gpu in fact.value))
    if has_gpu(case) and in_container(case) and fact.why is Why.ABSENT:
        return found(_hidden_from_container(case))
    if has_gpu(case) and case.machine.driver.nvml.known and (fact.known or fact.why is Why.ABSENT):
        return found(_not_driven(case))
    if has_gpu(case):
        return passed(f"{len(case.machine.driver.pci.or_else(()))} on the PCI bus, not usable yet")
    if not fact.known and fact.why is not Why.ABSENT:
        raise NotCheckedError(f"the GPUs could not be asked: {fact.reason()}")
    return found(_no_gpu(case))


def _no_gpu(case: Case) -> Finding:
    boxed = in_container(case)
    other = "Start the container with the host's GPUs, or" if boxed else "Use a machine with an NVIDIA GPU, or"
    return finding(
        Severity.ERROR,
        "no-gpu",
        "No NVIDIA GPU was found" + (f" in this container ({case.machine.os.container.value})" if boxed else ""),
        evidence=_gpu_evidence(case),
        fix=f"{other} judge this one for work on the CPU",
        commands=(*(_GIVE_GPUS if boxed else ()), *run("envdoc check --profile cpu")),
        links=(_CONTAINER_TOOLKIT,) if boxed else (),
    )


def _hidden_from_container(case: Case) -> Finding:
    return finding(
        Severity.ERROR,
        "gpu-hidden-from-container",
        "The host has an NVIDIA GPU, but this container was not given it",
        evidence=(*_gpu_evidence(case), *(f"on the PCI bus: {each}" for each in case.machine.driver.pci.or_else(()))),
        fix="Start the container with the host's GPUs; the host needs the NVIDIA Container Toolkit for it",
        commands=_GIVE_GPUS,
        links=(_CONTAINER_TOOLKIT,),
    )


def _not_driven(case: Case) -> Finding:
    driver = case.machine.driver
    return finding(
        Severity.ERROR,
        "gpu-not-driven",
        f"The driver {driver.version.value or ''} is well and shows no GPU, though the machine has one".replace(
            "  ", " "
        ),
        evidence=(*_gpu_evidence(case), *(f"on the PCI bus: {each}" for each in driver.pci.or_else(())[:4])),
        fix="A driver that is too new or too old for the GPU ignores it: see `envdoc facts gpus` and "
        "`envdoc facts driver_branches`, and what the kernel says",
        commands=per_shell(bash="sudo dmesg | grep -i nvrm"),
        links=("https://docs.nvidia.com/datacenter/tesla/drivers/index.html",),
    )


def _gpu_evidence(case: Case) -> list[str]:
    told = [f"{name}: {fact.reason() or 'no GPU'}" for name, fact in case.machine.gpu_sources.items()]
    if not told:
        told = [f"GPUs: {case.machine.gpus.reason() or 'none'}"]
    value = case.machine.env.get("NVIDIA_VISIBLE_DEVICES")
    return [*told, shown("NVIDIA_VISIBLE_DEVICES", value) if value is not None else ""]


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


@check("gpu-free", "GPU memory is free", codes=("gpu-memory-held",), gpu=True)
def gpu_free(case: Case) -> Outcome:
    findings, seen, unknown = [], [], []
    for gpu in visible_gpus(case):
        total, used = gpu.memory_total_mib.value, gpu.memory_used_mib.value
        if total is None or used is None:
            unknown.append(gpu.memory_used_mib.reason() or gpu.memory_total_mib.reason())
            continue
        seen.append(f"GPU {gpu.index}: {(total - used) / 1024:.1f} of {total / 1024:.1f} GiB")
        if used > max(_HELD_MIB, total * _HELD_SHARE):
            findings.append(_held(gpu, used, total))
    if not seen:
        raise NotCheckedError(f"memory in use: {unknown[0]}")
    return found(*findings, seen=", ".join(seen))


def _held(gpu: Gpu, used: int, total: int) -> Finding:
    holders = gpu.processes.or_else(())
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
    modes = {gpu.compute_mode.or_else(gpu.compute_mode.reason()) for gpu in visible_gpus(case)}
    return found(*findings, seen=", ".join(sorted(modes)))


def _mode(gpu: Gpu) -> Iterator[Finding]:
    mode = gpu.compute_mode.or_else("").lower()
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
