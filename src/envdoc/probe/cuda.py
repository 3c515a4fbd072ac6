"""libcuda itself, asked with cuInit in a bounded child process: NVML can be well while cuInit returns 803.

cuInit takes as long as all else together (185 ms on an H200), so a success is remembered for ten minutes, for
the same boot, driver, devices, view of the file system (a container has its own) and libcuda file.
"""

from __future__ import annotations

import sys

from envdoc.errors import DataError
from envdoc.host import cuda_init
from envdoc.host.base import Host
from envdoc.model.codec import decode, encode
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import CudaInit, System
from envdoc.model.value import replace
from envdoc.probe import libcuda
from envdoc.probe.remember import NOTHING, Memory

TIMEOUT = 10.0
_VALID = 600.0  # seconds
_PREFETCH = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"


def probe(host: Host, memory: Memory = NOTHING) -> Fact[CudaInit]:
    """What libcuda answers for all GPUs; a remembered answer tells its age."""
    key = _key(host) if memory.folder else ""
    remembered = _recall(memory, key) if key else None
    if remembered is not None:
        return remembered
    if host.system is System.WINDOWS and not libcuda.identities(host):  # nobody needs to be started to say so
        return missing(Why.ABSENT, cuda_init.SOURCE, "no nvcuda.dll in System32", cuda_init.ABSENT)
    # Not what this shell's CUDA_VISIBLE_DEVICES leaves visible: that is judged by a check of its own
    hidden = {"CUDA_VISIBLE_DEVICES": "", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    told = cuda_init.parse(host.run(cuda_init.argv(sys.executable), timeout=TIMEOUT, env=hidden))
    if key and told.value is not None and told.value.result == 0:
        memory.put(key, encode(told.value))
    return told


def _recall(memory: Memory, key: str) -> Fact[CudaInit] | None:
    entry = memory.get(key, seconds=_VALID)
    if entry is None:
        return None
    try:
        return known(replace(decode(CudaInit, entry[0]), age_seconds=round(entry[1], 1)), "libcuda, remembered")
    except DataError:  # written by another envdoc
        return None


def _key(host: Host) -> str:
    """What the answer depends on; "" (remember nothing) where the boot cannot be told."""
    boot = _boot(host)
    if not boot:
        return ""
    parts = [
        boot,
        "" if host.system is System.WINDOWS else host.read("/sys/module/nvidia/version").or_else(""),
        libcuda.view(host),
        *libcuda.identities(host),
        *_devices(host),
        host.environ.get("LD_LIBRARY_PATH", ""),
        host.environ.get("LD_PRELOAD", ""),
    ]
    return " ".join(("cuInit", *parts))


def _boot(host: Host) -> str:
    if host.system is System.WINDOWS:
        return str(host.registry(_PREFETCH, "BootId").or_else(""))  # counts the starts of this Windows
    return host.read("/proc/sys/kernel/random/boot_id").or_else("").strip()


def _devices(host: Host) -> list[str]:
    """Device nodes come and go with the GPUs that a container is given."""
    if host.system is System.WINDOWS:
        return []
    nodes = [name for name in host.listdir("/dev").or_else(()) if name.startswith("nvidia") or name == "dxg"]
    return nodes + list(host.listdir("/proc/driver/nvidia/gpus").or_else(()))
