"""Driver and GPUs as the kernel tells them: /proc, /sys and device nodes. Works when NVML does not."""

from __future__ import annotations

import re

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Gpu, System
from envdoc.model.value import dataclass
from envdoc.probe import paths

_PROC = "/proc/driver/nvidia"
_PCI = "/sys/bus/pci/devices"
_SYSTEM = r"HKLM\SYSTEM\CurrentControlSet"
_DISPLAY_CLASS = _SYSTEM + r"\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
_SERVICES = ("nvlddmkm", "BasicDisplay")
_MOST = 64  # display adapters; more is no such list


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
        return missing(text.why or Why.ABSENT, text.source, text.detail, text.code)
    version = parse_proc_version(text.value)
    return known(version, text.source) if version else missing(Why.FAILED, text.source, "no version in it")


def _module(host: Host, text: Fact[str]) -> Fact[str]:
    """The loaded module's version, with "open" as its detail for NVIDIA's open kernel module."""
    told = host.read("/sys/module/nvidia/version")
    version = told.or_else("").strip()
    if version:
        kind = "open" if "Open Kernel Module" in text.or_else("") else ""
        return Fact(value=version, source="/sys/module/nvidia", detail=kind)
    return missing(told.why or Why.ABSENT, "/sys/module/nvidia", told.detail, told.code)


def device_nodes(host: Host) -> Fact[tuple[str, ...]]:
    """`/dev/nvidia0`, `/dev/nvidiactl`, `/dev/nvidia-uvm`, …; `/dev/dxg` under WSL."""
    names = host.listdir("/dev")
    if names.value is None:
        return missing(names.why or Why.FAILED, "/dev", names.detail, names.code)
    found = tuple(f"/dev/{name}" for name in names.value if name == "dxg" or name.startswith("nvidia"))
    return known(found, "/dev") if found else missing(Why.ABSENT, "/dev", "no NVIDIA device nodes")


def _pci(host: Host) -> Fact[tuple[str, ...]]:
    """NVIDIA's display controllers on the bus, seen without a driver: `0000:01:00.0 10de:2684`."""
    slots = host.listdir(_PCI)
    if slots.value is None:
        return missing(slots.why or Why.FAILED, _PCI, slots.detail, slots.code)
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
        return missing(slots.why or Why.ABSENT, folder, slots.detail, slots.code)
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
                pci_device=_device_in(host, slot),
            )
        )
    return known(tuple(found), folder) if found else missing(Why.ABSENT, folder, "no GPU in it")


def _device_in(host: Host, slot: str) -> Fact[str]:
    """`2d04` of a slot's `device`, which reads `0x2d04`."""
    path = f"{_PCI}/{slot}/device"
    told = host.read(path)
    found = re.fullmatch(r"0x([0-9a-f]{4})", told.or_else("").strip().lower())
    if found:
        return known(found[1], path)
    return missing(told.why or Why.FAILED, path, told.detail or "no device id in it", told.code)


def _windows(host: Host) -> KernelAnswer:
    """The display adapters that are there now. The class of all adapters keeps those that were taken out, so the
    devices that a running driver serves are asked: NVIDIA's own, and Windows' for a card that has no driver yet."""
    present = [device for service in _SERVICES for device in _served(host, service)]
    versions = [_installed_version(host, device) for device in present]
    version = next(filter(None, versions), "")
    devices = tuple(_device_id(device) for device in present)
    asked = host.registry_keys(_DISPLAY_CLASS)
    why = asked.why or Why.ABSENT
    return KernelAnswer(
        proc=missing(Why.UNSUPPORTED, "/proc"),
        module=known(version, "registry") if version else missing(why, "registry", asked.detail, asked.code),
        nouveau=missing(Why.UNSUPPORTED, "/sys/module"),
        device_nodes=missing(Why.UNSUPPORTED, "/dev"),
        pci=known(devices, "registry") if devices else missing(why, "registry", asked.detail, asked.code),
        gpus=missing(Why.UNSUPPORTED, "registry", "it does not name the GPUs"),
    )


def _served(host: Host, service: str) -> list[str]:
    r"""NVIDIA's among the devices that a driver serves since Windows started: values "0", "1", ... of its `Enum`
    key, each `PCI\VEN_10DE&DEV_2D04&SUBSYS_205E1462&REV_A1\4&2283f625&0&0019`."""
    key = rf"{_SYSTEM}\Services\{service}\Enum"
    count = host.registry(key, "Count").value
    names = range(count) if isinstance(count, int) and count < _MOST else ()
    devices = [str(host.registry(key, str(number)).value or "") for number in names]
    return [device for device in devices if "ven_10de" in device.lower()]


def _installed_version(host: Host, device: str) -> str:
    r"""The version of an adapter's installed driver, "" unknown; its `Driver` is `{4d36e968-...}\0001`."""
    place = str(host.registry(rf"{_SYSTEM}\Enum\{device}", "Driver").value or "")
    if not place:
        return ""
    return nvidia_version(str(host.registry(rf"{_SYSTEM}\Control\Class\{place}", "DriverVersion").value or ""))


def _device_id(device: str) -> str:
    r"""`pci\ven_10de&dev_2d04` of a device's whole path."""
    return "&".join(device.lower().split("&")[:2])


def nvidia_version(windows_version: str) -> str:
    """NVIDIA's number in Windows': `581.29` of `32.0.15.8129` (the last five digits)."""
    digits = windows_version.replace(".", "")[-5:]
    return f"{digits[:3]}.{digits[3:]}" if len(digits) == 5 and digits.isdigit() else ""
