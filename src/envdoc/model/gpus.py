"""The GPUs of a Machine and what drives them: each fact as one source tells it."""

from __future__ import annotations

from envdoc.model.facts import Fact, Readings, Why, missing
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class PcieLink:
    generation: int
    generation_max: int
    width: int
    width_max: int


@dataclass(frozen=True, slots=True)
class GpuProcess:
    pid: int
    name: str  # "" where the system hides it
    used_mib: int | None  # None where the driver does not tell (WDDM, containers)


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU as one source tells it. Indices follow the PCI bus order (as nvidia-smi's)."""

    index: int
    name: Fact[str] = missing(Why.NOT_ASKED)
    compute_capability: Fact[str] = missing(Why.NOT_ASKED)  # "12.0"
    memory_total_mib: Fact[int] = missing(Why.NOT_ASKED)
    memory_used_mib: Fact[int] = missing(Why.NOT_ASKED)
    uuid: Fact[str] = missing(Why.NOT_ASKED)
    bus_id: Fact[str] = missing(Why.NOT_ASKED)
    pci_device: Fact[str] = missing(Why.NOT_ASKED)  # NVIDIA's device id, "2d04": names the chip for certain
    driver_model: Fact[str] = missing(Why.NOT_ASKED)  # "WDDM" | "TCC" | "MCDM"; unsupported off Windows
    pcie: Fact[PcieLink] = missing(Why.NOT_ASKED)
    ecc_enabled: Fact[bool] = missing(Why.NOT_ASKED)
    ecc_uncorrected: Fact[int] = missing(Why.NOT_ASKED)  # uncorrected errors since the driver loaded
    remapped_rows_pending: Fact[bool] = missing(Why.NOT_ASKED)
    mig_enabled: Fact[bool] = missing(Why.NOT_ASKED)
    persistence: Fact[bool] = missing(Why.NOT_ASKED)
    compute_mode: Fact[str] = missing(Why.NOT_ASKED)  # "Default" | "Exclusive_Process" | "Prohibited"
    display_active: Fact[bool] = missing(Why.NOT_ASKED)
    temperature_c: Fact[int] = missing(Why.NOT_ASKED)
    power_limit_w: Fact[int] = missing(Why.NOT_ASKED)
    processes: Fact[tuple[GpuProcess, ...]] = missing(Why.NOT_ASKED)
    nvlinks: Fact[int] = missing(Why.NOT_ASKED)  # active NVLink connections
    peers: Fact[tuple[int, ...]] = missing(Why.NOT_ASKED)  # indices of the GPUs whose memory it can read directly


@dataclass(frozen=True, slots=True)
class CudaDevice:
    name: str
    compute_capability: str
    memory_total_mib: int


@dataclass(frozen=True, slots=True)
class CudaInit:
    """What libcuda itself answers, asked in a bounded child process."""

    result: int  # cuInit's CUresult: 0 CUDA_SUCCESS, 100 NO_DEVICE, 803 SYSTEM_DRIVER_MISMATCH, ...
    name: str  # "CUDA_SUCCESS"
    library: str  # the file that was loaded
    cuda_driver_version: str  # "13.0" from cuDriverGetVersion; "" where it failed
    devices: tuple[CudaDevice, ...] = ()
    age_seconds: float = 0.0  # > 0: remembered from an earlier run on the same boot, driver and devices


@dataclass(frozen=True, slots=True)
class Driver:
    version: Readings[str] = Readings()  # "580.159.04" by nvml, nvidia-smi, /proc, /sys
    cuda: Readings[str] = Readings()  # CUDA driver version "13.0" by nvml, libcuda
    nvml: Fact[str] = missing(Why.NOT_ASKED)  # NVML's own version; `detail` holds NVML's error name
    kernel_module: Fact[str] = missing(Why.NOT_ASKED)  # version of the loaded module; "open" in detail if so
    nouveau: Fact[bool] = missing(Why.NOT_ASKED)
    device_nodes: Fact[tuple[str, ...]] = missing(Why.NOT_ASKED)  # /dev/nvidia0, /dev/nvidiactl, ...
    pci: Fact[tuple[str, ...]] = missing(Why.NOT_ASKED)  # "0000:01:00.0 10de:2684", seen without a driver
    cuda_init: Fact[CudaInit] = missing(Why.NOT_ASKED)
    smi: Fact[str] = missing(Why.NOT_ASKED)  # where nvidia-smi is; the reason if it does not answer
