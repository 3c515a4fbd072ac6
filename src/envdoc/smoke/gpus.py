"""Which GPUs a proof may see: those of NVML, as the user's CUDA_VISIBLE_DEVICES leaves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.model.facts import Fact, known
from envdoc.model.machine import Gpu
from envdoc.rules import visible as rule

_LOST = "NVML_ERROR_GPU_IS_LOST"
# NVML's errors that no package can help, and the codes of their findings
_BROKEN = {"NVML_ERROR_LIB_RM_VERSION_MISMATCH": "driver-library-mismatch", _LOST: "gpu-lost"}


@dataclass(frozen=True, slots=True)
class VisibleGpu:
    """`index` is nvidia-smi's where it can be told; `select` is what CUDA_VISIBLE_DEVICES takes for it."""

    index: int
    select: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Visible:
    gpus: tuple[VisibleGpu, ...]
    reason: str = ""  # why there is none, or which one cannot be used
    broken: str = ""  # the finding's code where the machine, not a setting, is the reason


def visible(host: Host, environ: dict[str, str]) -> Visible:
    """The GPUs that a program started with `environ` sees."""
    init = host.nvml.init()
    if not init.known:
        return Visible((), text("smoke", "nvml", reason=init.reason()), _BROKEN.get(init.code, ""))
    count = host.nvml.count()
    if count.value is None:
        return Visible((), text("smoke", "nvml", reason=count.reason()), _BROKEN.get(count.code, ""))
    if not count.value:
        return Visible((), text("smoke", "driver-shows-none"))
    gpus = tuple(_read(host, index) for index in range(count.value))
    seen = rule.of(environ, gpus)
    if not seen.entries:
        return Visible((), text("smoke", "hides-all", value=environ.get(rule.NAME), count=count.value))
    lost = [entry for entry in seen.entries if entry.index >= 0 and _lost(gpus[entry.index])]
    reason = text("smoke", "is-lost", gpus=", ".join(entry.select for entry in lost)) if lost else ""
    left = tuple(_seen(entry, place, gpus) for place, entry in enumerate(seen.entries) if entry not in lost)
    return Visible(left, reason, "gpu-lost" if lost else "")


def _seen(entry: rule.Entry, place: int, gpus: tuple[Gpu, ...]) -> VisibleGpu:
    """With its place in the list as its number where nobody can tell which GPU it is."""
    if entry.index < 0:
        return VisibleGpu(place, entry.select)
    return VisibleGpu(entry.index, entry.select, gpus[entry.index].name.or_else(""))


def _read(host: Host, index: int) -> Gpu:
    """As much of a GPU as the variable may name."""
    return Gpu(
        index,
        name=host.nvml.device(index, "Name"),
        uuid=host.nvml.device(index, "UUID"),
        compute_capability=_text(host.nvml.device(index, "CudaComputeCapability")),
        mig_enabled=_mig(host.nvml.device(index, "MigMode")),
    )


def _text(fact: Fact[Any]) -> Fact[str]:
    """`12.0` of (12, 0), as NVML tells it."""
    if fact.value is None:
        return fact
    major, minor = fact.value
    return known(f"{major}.{minor}", fact.source)


def _mig(fact: Fact[Any]) -> Fact[bool]:
    """Whether the current mode of (current, pending) is on."""
    return fact if fact.value is None else known(bool(fact.value[0]), fact.source)


def _lost(gpu: Gpu) -> bool:
    return gpu.name.code == _LOST
