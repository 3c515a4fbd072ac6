"""nvidia-smi and NVML tell the same of this GPU; where they do not, one of them is another driver's."""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    if not kit.select.isdecimal():
        kit.skip(f"`CUDA_VISIBLE_DEVICES={kit.select}` names no index to compare by")
    smi = kit.lib("smi").query(kit, "driver_version", "name", "memory.total")
    if not smi:
        kit.fail("sources-disagree", "NVML shows the GPU, nvidia-smi does not answer")
    nvml = _nvml(kit, int(kit.select))
    for field in sorted(set(smi) & set(nvml)):
        if smi[field] != nvml[field]:
            told = f"{field}: nvidia-smi says {smi[field]}, NVML {nvml[field]}"
            kit.fail("sources-disagree", told)
    return f"driver {nvml['driver_version']}, {nvml['name']}, {nvml['memory.total']} MiB by both"


def _nvml(kit: Kit, index: int) -> dict[str, str]:
    name = "nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"
    try:
        library: Any = ctypes.CDLL(name)
    except OSError as error:
        kit.skip(f"NVML does not load: {error}")
    code = library.nvmlInit_v2()
    if code:
        kit.fail("driver-library-mismatch" if code == 18 else "gpu-lost", f"nvmlInit returned {code}")
    handle, text, memory = ctypes.c_void_p(), ctypes.create_string_buffer(96), (ctypes.c_ulonglong * 3)()
    if library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(handle)):
        kit.fail("gpu-lost", f"NVML gives no handle for GPU {index}")
    told = {}
    if not library.nvmlSystemGetDriverVersion(text, 96):
        told["driver_version"] = text.value.decode()
    if not library.nvmlDeviceGetName(handle, text, 96):
        told["name"] = text.value.decode()
    if not library.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)):  # total, free, used in bytes
        told["memory.total"] = str(memory[0] >> 20)
    return told
