"""Driver and GPUs put together from all sources; none is thrown away."""

from __future__ import annotations

import re

from envdoc.model.facts import Fact, Readings, Why, missing, readings
from envdoc.model.machine import CudaInit, Driver, Gpu
from envdoc.probe.gpus_kernel import KernelAnswer
from envdoc.probe.gpus_nvml import NvmlAnswer
from envdoc.probe.gpus_smi import SmiAnswer


def assemble(nvml: NvmlAnswer, smi: SmiAnswer, kernel: KernelAnswer, cuda_init: Fact[CudaInit]) -> Driver:
    """Readings in the order of trust: NVML, nvidia-smi, the kernel's files."""
    return Driver(
        version=readings(*map(_version, (nvml.driver, smi.driver, kernel.proc, kernel.module))),
        cuda=Readings((nvml.cuda, _cuda_of(cuda_init))),
        nvml=nvml.nvml,
        kernel_module=kernel.module,
        nouveau=kernel.nouveau,
        device_nodes=kernel.device_nodes,
        pci=kernel.pci,
        cuda_init=cuda_init,
        smi=smi.smi,
    )


def _version(told: Fact[str]) -> Fact[str]:
    """`576.88`; a library that answers anything else has told none, and contradicts nobody."""
    if told.value is None or re.match(r"\d+\.\d", told.value):
        return told
    return missing(Why.FAILED, told.source, "it told no version")


def _cuda_of(cuda_init: Fact[CudaInit]) -> Fact[str]:
    if cuda_init.value is None:
        return missing(cuda_init.why or Why.FAILED, "libcuda", cuda_init.detail, cuda_init.code)
    version = cuda_init.value.cuda_driver_version
    if not version:
        return missing(Why.FAILED, "libcuda", cuda_init.value.name)
    return Fact(value=version, source="libcuda")


def gpu_sources(nvml: NvmlAnswer, smi: SmiAnswer, kernel: KernelAnswer) -> dict[str, Fact[tuple[Gpu, ...]]]:
    """All three lists; "proc" is the Linux kernel's."""
    return {"nvml": nvml.gpus, "nvidia-smi": smi.gpus, "proc": kernel.gpus}


def best(sources: dict[str, Fact[tuple[Gpu, ...]]]) -> Fact[tuple[Gpu, ...]]:
    """The most trusted source that sees GPUs.

    The kernel's list counts only as evidence for a report (`gpu_sources`): without NVML and nvidia-smi nothing
    can use those GPUs, and they carry no compute capability.
    """
    return Readings((sources["nvml"], sources["nvidia-smi"])).best
