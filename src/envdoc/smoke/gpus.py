"""Which GPUs a proof may see: those of NVML, as the user's CUDA_VISIBLE_DEVICES leaves them."""

from __future__ import annotations

from dataclasses import dataclass

from envdoc.findings import text
from envdoc.host.base import Host


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
        return Visible((), text("smoke", "nvml", reason=init.reason()), _broken(init.detail))
    count = host.nvml.count()
    if count.value is None:
        return Visible((), text("smoke", "nvml", reason=count.reason()), _broken(count.detail))
    if not count.value:
        return Visible((), text("smoke", "driver-shows-none"))
    asked = environ.get("CUDA_VISIBLE_DEVICES")
    entries = [str(index) for index in range(count.value)] if asked is None else _entries(asked, count.value)
    if not entries:
        return Visible((), text("smoke", "hides-all", value=asked, count=count.value))
    lost = [entry for entry in entries if entry.isdigit() and _lost(host, int(entry))]
    reason = text("smoke", "is-lost", gpus=", ".join(lost)) if lost else ""
    gpus = tuple(_gpu(host, entry, place) for place, entry in enumerate(entries) if entry not in lost)
    return Visible(gpus, reason, "gpu-lost" if lost else "")


def _broken(error: str) -> str:
    """The finding's code of an NVML error that no package can help; "" for others."""
    codes = {"VERSION_MISMATCH": "driver-library-mismatch", "GPU_IS_LOST": "gpu-lost"}
    return next((code for word, code in codes.items() if word in error), "")


def _entries(asked: str, count: int) -> list[str]:
    """The entries that CUDA would take: up to the first that names no GPU."""
    entries = []
    for entry in (part.strip() for part in asked.split(",")):
        if entry.startswith(("GPU-", "MIG-")) or (entry.isdigit() and int(entry) < count):
            entries.append(entry)
        else:
            break
    return entries


def _lost(host: Host, index: int) -> bool:
    return "GPU_IS_LOST" in host.nvml.device(index, "Name").detail


def _gpu(host: Host, entry: str, place: int) -> VisibleGpu:
    if not entry.isdigit():
        return VisibleGpu(place, entry)
    name = host.nvml.device(int(entry), "Name")
    return VisibleGpu(int(entry), entry, str(name.or_else("")))
