"""GPUs as NVML tells them: the primary source. Not influenced by CUDA_VISIBLE_DEVICES."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Gpu, GpuProcess, PcieLink, System
from envdoc.model.value import dataclass

T = TypeVar("T")
_COMPUTE_MODES = {0: "Default", 1: "Exclusive_Thread", 2: "Prohibited", 3: "Exclusive_Process"}
_DRIVER_MODELS = {0: "WDDM", 1: "TCC", 2: "MCDM"}
_NVIDIA = 0x10DE  # PCI vendor
_UNCORRECTED, _VOLATILE = 1, 0  # nvmlMemoryErrorType_t, nvmlEccCounterType_t
_MOST_GPUS = 1024  # a library that answers nonsense is not asked for each of four billion
_TEMPERATURE_OF_GPU = 0  # nvmlTemperatureSensors_t


@dataclass(frozen=True, slots=True)
class NvmlAnswer:
    nvml: Fact[str] = missing(Why.NOT_ASKED)  # NVML's own version
    driver: Fact[str] = missing(Why.NOT_ASKED)
    cuda: Fact[str] = missing(Why.NOT_ASKED)  # CUDA driver version "13.0"
    gpus: Fact[tuple[Gpu, ...]] = missing(Why.NOT_ASKED)


def probe(host: Host, *, thorough: bool = False) -> NvmlAnswer:
    """Driver and GPUs by NVML; where it does not start, its error name stands in each fact. `thorough` asks how the
    GPUs reach each other too, which takes some 40 ms."""
    version = host.nvml.init()
    if not version.known:
        gone: Fact[Any] = missing(version.why or Why.FAILED, "nvml", version.detail, version.code)
        return NvmlAnswer(gone, gone, gone, gone)
    driver = _as(host.nvml.system("DriverVersion"), str)
    cuda = _as(host.nvml.system("CudaDriverVersion"), cuda_version)
    gpus = _gpus(host, thorough)
    if thorough and gpus.value is not None:
        from envdoc.probe.gpu_links import with_links

        gpus = known(with_links(host, gpus.value), gpus.source)
    return NvmlAnswer(version, driver, cuda, gpus)


def cuda_version(number: int) -> str:
    """`13.0` of NVML's and libcuda's 13000, `11.8` of 11080."""
    return f"{number // 1000}.{number % 1000 // 10}"


def device_of(both: int) -> str:
    """`2d04` of NVML's 0x2D0410DE, which holds the device in its high word and the vendor in its low one.

    Raises:
        ValueError: the vendor is not NVIDIA.
    """
    if both & 0xFFFF != _NVIDIA:
        raise ValueError(f"PCI id {both:08x} is not NVIDIA's")
    return f"{both >> 16:04x}"


def _gpus(host: Host, thorough: bool) -> Fact[tuple[Gpu, ...]]:
    count = host.nvml.count()
    if count.value is None:
        return missing(count.why or Why.FAILED, "nvml", count.detail, count.code)
    if count.value == 0:
        return missing(Why.ABSENT, "nvml", "no devices were found")
    if count.value > _MOST_GPUS:
        return missing(Why.FAILED, "nvml", "a count of GPUs that cannot be")
    return known(tuple(_gpu(host, index, thorough) for index in range(count.value)), "nvml")


def _gpu(host: Host, index: int, thorough: bool) -> Gpu:
    def ask(name: str, convert: Callable[[Any], T], *args: int) -> Fact[T]:
        return _as(host.nvml.device(index, name, *args), convert)

    def describe(name: str, convert: Callable[[Any], T], *args: int) -> Fact[T]:
        """What describes a card in a snapshot and decides nothing in a check."""
        return ask(name, convert, *args) if thorough else missing(Why.NOT_ASKED, "nvml")

    return Gpu(
        index=index,
        name=ask("Name", str),
        compute_capability=ask("CudaComputeCapability", lambda pair: f"{pair[0]}.{pair[1]}"),
        memory_total_mib=ask("MemoryInfo", lambda memory: int(memory["total"]) >> 20),
        memory_used_mib=_memory_used(host, index),
        uuid=ask("UUID", str),
        bus_id=ask("PciInfo", lambda pci: str(pci["busId"])),
        pci_device=ask("PciInfo", lambda pci: device_of(int(pci["pciDeviceId"]))),
        driver_model=_driver_model(host, index),
        pcie=_pcie(host, index) if thorough else missing(Why.NOT_ASKED, "nvml"),
        ecc_enabled=describe("EccMode", lambda modes: bool(modes[0])),
        ecc_uncorrected=ask("TotalEccErrors", int, _UNCORRECTED, _VOLATILE),
        remapped_rows_pending=ask("RemappedRows", _rows_pending),
        mig_enabled=ask("MigMode", lambda modes: bool(modes[0])),
        persistence=describe("PersistenceMode", bool),
        compute_mode=ask("ComputeMode", lambda mode: _COMPUTE_MODES.get(mode, str(mode))),
        display_active=describe("DisplayActive", bool),
        temperature_c=describe("Temperature", int, _TEMPERATURE_OF_GPU),
        power_limit_w=describe("PowerManagementLimit", lambda milliwatts: int(milliwatts) // 1000),
        processes=_processes(host, index),
    )


def _as(fact: Fact[Any], convert: Callable[[Any], T]) -> Fact[T]:
    """The fact in our words; an answer of an unknown shape is a reason, not a crash."""
    if fact.value is None:
        return missing(fact.why or Why.FAILED, "nvml", fact.detail, fact.code)
    try:
        return known(convert(fact.value), "nvml")
    except (TypeError, ValueError, LookupError) as error:
        return missing(Why.FAILED, "nvml", f"answer not understood: {error}")


def _memory_used(host: Host, index: int) -> Fact[int]:
    """As nvidia-smi tells it. The first version of the call counts what the driver keeps to itself as used."""
    for name in ("MemoryInfo_v2", "MemoryInfo"):
        fact = _as(host.nvml.device(index, name), lambda memory: int(memory["used"]) >> 20)
        if fact.known:
            break
    return fact


def _rows_pending(answer: Any) -> bool:
    """RemappedRows as [corrected, uncorrected, pending, failed], or a struct of these names."""
    return bool(answer["isPending"] if isinstance(answer, dict) else answer[2])


def _driver_model(host: Host, index: int) -> Fact[str]:
    if host.system is not System.WINDOWS:
        return missing(Why.UNSUPPORTED, "nvml")
    # [current, pending]
    return _as(
        host.nvml.device(index, "DriverModel"),
        lambda answer: _DRIVER_MODELS[answer[0] if isinstance(answer, (list, tuple)) else answer],
    )


def _pcie(host: Host, index: int) -> Fact[PcieLink]:
    names = ("CurrPcieLinkGeneration", "MaxPcieLinkGeneration", "CurrPcieLinkWidth", "MaxPcieLinkWidth")
    asked = [host.nvml.device(index, name) for name in names]
    for fact in asked:
        if fact.value is None:
            return missing(fact.why or Why.FAILED, "nvml", fact.detail, fact.code)
    return known(PcieLink(*(int(fact.or_else(0)) for fact in asked)), "nvml")


def _processes(host: Host, index: int) -> Fact[tuple[GpuProcess, ...]]:
    """Everything that holds memory of the GPU: compute and graphics, each process once."""
    compute = host.nvml.device(index, "ComputeRunningProcesses")
    graphics = host.nvml.device(index, "GraphicsRunningProcesses")
    if compute.value is None:
        return missing(compute.why or Why.FAILED, "nvml", compute.detail, compute.code)
    found: dict[int, GpuProcess] = {}
    for entry in (*compute.value, *graphics.or_else([])):
        pid, used = int(entry["pid"]), entry.get("usedGpuMemory")
        # NVML_VALUE_NOT_AVAILABLE is the largest unsigned 64-bit number
        used_mib = None if used is None or used >= 1 << 62 else int(used) >> 20
        found[pid] = GpuProcess(pid, process_name(host, pid), used_mib)
    return known(tuple(found.values()), "nvml")


def process_name(host: Host, pid: int) -> str:
    """A process's short name; "" where the system hides it or the container has no such number."""
    return host.read(f"/proc/{pid}/comm").or_else("").strip() if host.system is System.LINUX else ""
