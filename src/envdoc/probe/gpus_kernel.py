"""Driver and GPUs as the kernel tells them: /proc, /sys and device nodes. Works when NVML does not."""

from __future__ import annotations

import re

from envdoc.host.base import Host
from envdoc.model.cuda import version_tuple
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Gpu, System
from envdoc.model.value import dataclass
from envdoc.probe import paths

_PROC = "/proc/driver/nvidia"
_PCI = "/sys/bus/pci/devices"
_DISPLAY_CLASS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


@dataclass(frozen=True, slots=True)
class KernelAnswer:
    proc: Fact[str] = missing(Why.NOT_ASKED)  # version by /proc/driver/nvidia/version
    module: Fact[str] = missing(Why.NOT_ASKED)  # version by /sys/module/nvidia/version; detail "open"
    nouveau: Fact[bool] = missing(Why.NOT_ASKED)
    device_nodes: Fact[tuple[str, ...]] = missing(Why.NOT_ASKED)
    pci: Fact[tuple[str, ...]] = missing(Why.NOT_ASKED)
    gpus: Fact[tuple[Gpu, ...]] = missing(Why.NOT_ASKED)


def probe(host: Host) -> KernelAnswer:
    """What the kernel knows of NVIDIA's driver and devices."""
    if host.system is System.WINDOWS:
        return _windows(host)
    if host.system is not System.LINUX:
        return KernelAnswer(*(missing(Why.UNSUPPORTED, "/proc") for _ in range(6)))
    text = host.read(f"{_PROC}/version")
    return KernelAnswer(
        proc=_proc_version(text),
        module=_module(host, text),
        nouveau=paths.presence(host, "/sys/module/nouveau", "/sys/module"),
        device_nodes=device_nodes(host),
        pci=_pci(host),
        gpus=_gpus(host),
    )


def parse_proc_version(text: str) -> str:
    """The version in the first line, "" where there is none:
    `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  (…)`.
    """
    found = re.search(r"NVRM version:.*?\s(\d{3,}\.\d+(?:\.\d+)?)\s", text)
    return found[1] if found else ""


def _proc_version(text: Fact[str]) -> Fact[str]:
    if text.value is None:
        return missing(text.why or Why.ABSENT, text.source, text.detail)
    version = parse_proc_version(text.value)
    return known(version, text.source) if version else missing(Why.FAILED, text.source, "no version in it")


def _module(host: Host, text: Fact[str]) -> Fact[str]:
    """The loaded module's version, with "open" as its detail for NVIDIA's open kernel module."""
    told = host.read("/sys/module/nvidia/version")
    version = told.or_else("").strip()
    if version:
        kind = "open" if "Open Kernel Module" in text.or_else("") else ""
        return Fact(value=version, source="/sys/module/nvidia", detail=kind)
    return missing(told.why or Why.ABSENT, "/sys/module/nvidia", told.detail)


def device_nodes(host: Host) -> Fact[tuple[str, ...]]:
    """`/dev/nvidia0`, `/dev/nvidiactl`, `/dev/nvidia-uvm`, …; `/dev/dxg` under WSL."""
    names = host.listdir("/dev")
    if names.value is None:
        return missing(names.why or Why.FAILED, "/dev", names.detail)
    found = tuple(f"/dev/{name}" for name in names.value if name == "dxg" or name.startswith("nvidia"))
    return known(found, "/dev") if found else missing(Why.ABSENT, "/dev", "no NVIDIA device nodes")


def _pci(host: Host) -> Fact[tuple[str, ...]]:
    """NVIDIA's display controllers on the bus, seen without a driver: `0000:01:00.0 10de:2684`."""
    slots = host.listdir(_PCI)
    if slots.value is None:
        return missing(slots.why or Why.FAILED, _PCI, slots.detail)
    found = []
    for slot in slots.value:
        if host.read(f"{_PCI}/{slot}/vendor").or_else("").strip() != "0x10de":
            continue
        if host.read(f"{_PCI}/{slot}/class").or_else("").startswith("0x03"):
            device = host.read(f"{_PCI}/{slot}/device").or_else("").strip().removeprefix("0x")
            found.append(f"{slot} 10de:{device}")
    return known(tuple(found), _PCI) if found else missing(Why.ABSENT, _PCI, "no NVIDIA display device")


def parse_information(text: str) -> dict[str, str]:
    """`Model: \\t NVIDIA H200` lines of /proc/driver/nvidia/gpus/*/information."""
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def _gpus(host: Host) -> Fact[tuple[Gpu, ...]]:
    folder = f"{_PROC}/gpus"
    slots = host.listdir(folder)
    if slots.value is None:
        return missing(slots.why or Why.ABSENT, folder, slots.detail)
    found = []
    for index, slot in enumerate(slots.value):
        told = parse_information(host.read(f"{folder}/{slot}/information").or_else(""))
        named = told.get("Model", "")
        uuid = told.get("GPU UUID", "")
        found.append(
            Gpu(
                index=index,
                name=known(named, folder) if named else missing(Why.FAILED, folder, "no model in it"),
                uuid=known(uuid, folder) if uuid and "?" not in uuid else missing(Why.ABSENT, folder),
                bus_id=known(slot, folder),
            )
        )
    return known(tuple(found), folder) if found else missing(Why.ABSENT, folder, "no GPU in it")


def _windows(host: Host) -> KernelAnswer:
    """The display adapters of the registry, one numbered key each."""
    keys = host.registry_keys(_DISPLAY_CLASS)
    versions: list[str] = []
    devices: list[str] = []
    for key in keys.or_else(()):
        device = str(host.registry(f"{_DISPLAY_CLASS}\\{key}", "MatchingDeviceId").or_else(""))
        if "ven_10de" not in device.lower():
            continue
        devices.append(device)
        versions.append(str(host.registry(f"{_DISPLAY_CLASS}\\{key}", "DriverVersion").or_else("")))
    # Cards that were taken out keep their key: the newest driver is the present one, and the list is no evidence.
    version = max(map(nvidia_version, versions), key=version_tuple, default="")
    why = keys.why or Why.ABSENT
    return KernelAnswer(
        proc=missing(Why.UNSUPPORTED, "/proc"),
        module=known(version, "registry") if version else missing(why, "registry", keys.detail),
        nouveau=missing(Why.UNSUPPORTED, "/sys/module"),
        device_nodes=missing(Why.UNSUPPORTED, "/dev"),
        pci=known(tuple(devices), "registry") if devices else missing(why, "registry", keys.detail),
        gpus=missing(Why.UNSUPPORTED, "registry", "it lists removed cards too"),
    )


def nvidia_version(windows_version: str) -> str:
    """NVIDIA's number in Windows': `581.29` of `32.0.15.8129` (the last five digits)."""
    digits = windows_version.replace(".", "")[-5:]
    return f"{digits[:3]}.{digits[3:]}" if len(digits) == 5 and digits.isdigit() else ""
