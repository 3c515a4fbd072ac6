"""The GPUs themselves: whether there are any."""

from __future__ import annotations

from collections import Counter

from envdoc.doctor.base import BlindError, Case, Outcome, check
from envdoc.doctor.look import capability, gpu_nodes, has_gpu, in_container, untold
from envdoc.doctor.words import finding, found, passed, per_shell, run, shown
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.machine import Gpu

_GIVE_GPUS = (Command("docker run --gpus all --ipc=host IMAGE"),)
_CONTAINER_TOOLKIT = "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html"


@check(
    "gpu-present",
    "NVIDIA GPU",
    codes=("no-gpu", "gpu-hidden-from-container", "gpu-not-driven"),
    gpu=True,
    decisive=True,
)
def gpu_present(case: Case) -> Outcome:
    fact = case.machine.gpus
    if fact.value:
        return _told(case, fact.value)
    if untold(fact):
        there = len(case.machine.driver.pci.value or ())
        bus = f"{there} on the PCI bus; " if there else ""
        raise BlindError(f"{bus}the GPUs could not be asked: {fact.reason()}")
    if has_gpu(case) and in_container(case) and not gpu_nodes(case):
        return found(_hidden_from_container(case))
    if has_gpu(case) and case.machine.driver.nvml.known:
        return found(_not_driven(case))
    if has_gpu(case):
        return passed(f"{_evidence(case)}, not usable yet")
    return found(_no_gpu(case))


def _told(case: Case, gpus: tuple[Gpu, ...]) -> Outcome:
    """The list itself says that they are there; without name and capability nobody knows which."""
    kinds = Counter(f"{gpu.name.value or '?'} ({capability(case, gpu) or '?'})" for gpu in gpus)
    seen = ", ".join(kind if count == 1 else f"{count} × {kind}" for kind, count in kinds.items())
    unseen = [
        f"GPU {gpu.index}: compute capability not told: {gpu.compute_capability.reason()}"
        for gpu in gpus
        if not capability(case, gpu)
    ]
    return found(seen=seen, unseen=unseen)


def _evidence(case: Case) -> str:
    """Where a GPU shows that the driver does not."""
    pci, nodes = case.machine.driver.pci.value or (), gpu_nodes(case)
    return f"{len(pci)} on the PCI bus" if pci else f"device node {', '.join(nodes)}" if nodes else "seen by libcuda"


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
        evidence=(*_gpu_evidence(case), *(f"on the PCI bus: {each}" for each in case.machine.driver.pci.value or ())),
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
        evidence=(*_gpu_evidence(case), *(f"on the PCI bus: {each}" for each in (driver.pci.value or ())[:4])),
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
