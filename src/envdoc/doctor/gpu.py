"""The GPUs themselves: whether there are any."""

from __future__ import annotations

from collections import Counter

from envdoc.doctor.base import BlindError, Case, Outcome, check
from envdoc.doctor.look import capability, gpu_nodes, has_gpu, in_container, not_told, untold
from envdoc.doctor.words import found, passed, per_shell, run, shown
from envdoc.findings import finding, text
from envdoc.model.finding import Command, Finding
from envdoc.model.machine import Gpu
from envdoc.model.text import joined

_GIVE_GPUS = (Command("docker run --gpus all --ipc=host IMAGE"),)
_CONTAINER_TOOLKIT = "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html"


@check(
    "gpu-present",
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
        bus = text("checks", "on-the-bus", count=there) if there else ""
        raise BlindError(joined((bus, text("checks", "gpus-not-asked", why=fact.reason())), "; "))
    if has_gpu(case) and in_container(case) and not gpu_nodes(case):
        return found(_hidden_from_container(case))
    if has_gpu(case) and case.machine.driver.nvml.known:
        return found(_not_driven(case))
    if has_gpu(case):
        return passed(text("checks", "gpu-not-usable-yet", where=_evidence(case)))
    return found(_no_gpu(case))


def _told(case: Case, gpus: tuple[Gpu, ...]) -> Outcome:
    """The list itself says that they are there; without name and capability nobody knows which."""
    kinds = Counter(f"{gpu.name.value or '?'} ({capability(case, gpu) or '?'})" for gpu in gpus)
    seen = ", ".join(kind if count == 1 else f"{count} × {kind}" for kind, count in kinds.items())
    unseen = [
        not_told(f"GPU {gpu.index}", "capability", gpu.compute_capability)
        for gpu in gpus
        if not capability(case, gpu)
    ]
    return found(seen=seen, unseen=unseen)


def _evidence(case: Case) -> str:
    """Where a GPU shows that the driver does not."""
    pci, nodes = case.machine.driver.pci.value or (), gpu_nodes(case)
    if pci:
        return text("checks", "on-the-bus", count=len(pci))
    return text("checks", "device-nodes", nodes=", ".join(nodes)) if nodes else text("checks", "seen-by-libcuda")


def _no_gpu(case: Case) -> Finding:
    boxed = in_container(case)
    return finding(
        "no-gpu",
        container=case.machine.os.container.value if boxed else "",
        evidence=_gpu_evidence(case),
        fix="fix-container" if boxed else "fix",
        commands=(*(_GIVE_GPUS if boxed else ()), *run("envdoc check --profile cpu")),
        links=(_CONTAINER_TOOLKIT,) if boxed else (),
    )


def _hidden_from_container(case: Case) -> Finding:
    return finding(
        "gpu-hidden-from-container",
        evidence=(
            *_gpu_evidence(case),
            *(text("checks", "on-bus", each=each) for each in case.machine.driver.pci.value or ()),
        ),
        commands=_GIVE_GPUS,
    )


def _not_driven(case: Case) -> Finding:
    driver = case.machine.driver
    return finding(
        "gpu-not-driven",
        summary=text("gpu-not-driven", "summary", driver=driver.version.value or ""),
        evidence=(
            *_gpu_evidence(case),
            *(text("checks", "on-bus", each=each) for each in (driver.pci.value or ())[:4]),
        ),
        commands=per_shell(bash="sudo dmesg | grep -i nvrm"),
    )


def _gpu_evidence(case: Case) -> list[str]:
    told = [
        text("checks", "named", name=name, told=fact.reason() or text("checks", "no-gpu"))
        for name, fact in case.machine.gpu_sources.items()
    ]
    if not told:
        told = [text("checks", "named", name="GPUs", told=case.machine.gpus.reason() or text("checks", "none"))]
    value = case.machine.env.get("NVIDIA_VISIBLE_DEVICES")
    return [*told, shown("NVIDIA_VISIBLE_DEVICES", value) if value is not None else ""]
