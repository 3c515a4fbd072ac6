"""`dxdiag /t`, in English and Chinese: system, memory, and each NVIDIA card with its driver.

Operating System: Windows 11 Pro 64-bit (10.0, Build 26100) (26100.ge_release.240331-1435)
       Card name: NVIDIA GeForce RTX 4090
  Driver Version: 32.0.15.8129          (the last five figures: 581.29)
      Device Key: Enum\\PCI\\VEN_10DE&DEV_2684&SUBSYS_…
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing import keyed
from envdoc.listing.values import Lines, Told
from envdoc.rules.capability import device_on_bus

PROGRAM = "dxdiag"
_LINE = re.compile(r"-{5,}|\s*[^:：]{2,40}[:：]\s")
_SYSTEM = re.compile(
    r"(Windows \d{1,2}.{0,30}?),? (?:64-bit|64 位)[^(（]*[(（](10\.0), ?(?:Build|版本|内部版本) ?(\d{5})"
)
_DRIVER = re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,3}?(\d)\.(\d{4})(?:\s|$)")
_MEMORY = re.compile(r"(\d{3,8}) ?MB")
_KEYS = {
    "operating system": "os", "操作系统": "os", "processor": "cpu", "处理器": "cpu", "memory": "memory",
    "内存": "memory", "card name": "card", "显卡名": "card", "名称": "card", "卡名": "card",
    "driver version": "driver", "驱动程序版本": "driver",
    "device key": "device", "设备密钥": "device",
}  # fmt: skip


def claim(lines: Lines, at: int) -> int:
    found = keyed.pair(lines[at].text)
    begins = "System Information" in lines[at].text and _near_rule(lines, at)
    if not begins and not (found and _KEYS.get(found[0]) == "os" and _SYSTEM.search(found[1])):
        return 0
    end = at + 1
    for place in range(at + 1, len(lines)):
        text = lines[place].text
        if text.strip() and not _LINE.match(text) and not re.fullmatch(r"[\w ]{4,40}", text.strip()):
            break
        end = place + 1 if text.strip() else end
        if place - end > 3:
            break
    return end - at


def _near_rule(lines: Lines, at: int) -> bool:
    return at + 1 < len(lines) and lines[at + 1].text.startswith("-----")


def read(lines: Lines) -> Iterator[Told]:
    index, ours = -1, False
    for line in lines:
        found = keyed.pair(line.text)
        kind = _KEYS.get(found[0], "") if found else ""
        if found is None or not kind:
            continue
        if kind == "card":
            ours = "NVIDIA" in found[1]
            index += ours
            yield from (Told(f"gpu.{index}.name", found[1], line.number),) if ours else ()
        elif kind in ("driver", "device"):
            yield from _of_card(index, kind, found[1], line.number) if ours else ()
        else:
            yield from _of_system(kind, found[1], line.number)


def _of_card(index: int, kind: str, text: str, line: int) -> Iterator[Told]:
    driver = _DRIVER.match(text)
    if kind == "driver" and driver:
        yield Told("driver", f"{driver[1]}{driver[2][:2]}.{driver[2][2:]}", line)
    device = device_on_bus(text)
    if kind == "device" and device:
        yield Told(f"gpu.{index}.pci_device", device, line)


def _of_system(kind: str, text: str, line: int) -> Iterator[Told]:
    system, memory = _SYSTEM.search(text), _MEMORY.search(text)
    if kind == "os" and system:
        yield Told("os.system", "windows", line)
        yield Told("os.name", system[1].strip(), line)
        yield Told("os.version", f"{system[2]}.{system[3]}", line)
        yield Told("os.arch", "x86_64", line)
    elif kind == "cpu":
        yield Told("cpu", text.partition(" (")[0].strip(), line)
    elif kind == "memory" and memory:
        yield Told("memory_mib", memory[1], line)
