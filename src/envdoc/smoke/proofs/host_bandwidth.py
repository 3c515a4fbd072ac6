"""Copies between host and GPU from page-locked memory, and the PCIe link while they run.

Idle cards lower their link to save power, so the link is read under load and set against its maximum.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from envdoc.smoke.kit import Kit

_SIZE = 256 << 20
# Usable GB/s of one lane in one direction, by PCIe generation (after 8b/10b or 128b/130b coding)
_LANE = {1: 0.25, 2: 0.5, 3: 0.985, 4: 1.969, 5: 3.938, 6: 7.56}
_FIELDS = ("pcie.link.gen.current", "pcie.link.gen.max", "pcie.link.width.current", "pcie.link.width.max")


def run(kit: Kit) -> str:
    cuda = kit.lib("cuda").opened(kit)
    device, host = cuda.allocate(_SIZE), cuda.pinned(_SIZE)
    link: dict[str, str] = {}
    reading = threading.Timer(0.3, lambda: link.update(kit.lib("smi").query(kit, *_FIELDS)))
    reading.start()
    up = _rate(lambda: cuda.to_device(device, host, _SIZE), reading)
    down = _rate(lambda: cuda.to_host(host, device, _SIZE), reading)
    reading.join()
    kit.figures.update(to_device_gbs=round(up, 1), to_host_gbs=round(down, 1), **link)
    told = f"{up:.1f} GB/s to the GPU, {down:.1f} GB/s back"
    return told + _judge(kit, link, min(up, down), told)


def _rate(copy: Callable[[], Any], reading: threading.Timer) -> float:
    """GB/s of a copy, repeated for half a second, and for as long as the link is being read."""
    copy()
    start, copies = time.perf_counter(), 0
    while time.perf_counter() - start < 0.5 or (reading.is_alive() and time.perf_counter() - start < 10):
        copy()
        copies += 1
    return copies * _SIZE / (time.perf_counter() - start) / 1e9


def _judge(kit: Kit, link: dict[str, str], slowest: float, told: str) -> str:
    if len(link) < len(_FIELDS):
        return "; the PCIe link is not told by nvidia-smi"
    generation, most, width, widest = (int(link[field]) for field in _FIELDS)
    seen = f"PCIe {generation}.0 x{width} of {most}.0 x{widest} under load"
    usable = _LANE.get(generation, 0.0) * width
    kit.figures["link_gbs"] = round(usable, 1)
    if generation < most or width < widest:
        kit.note("pcie-link-narrow", seen, told)
    elif slowest < 0.4 * usable:
        kit.note("slower-than-card", f"{told}, the link carries {usable:.0f} GB/s", seen)
    return f"; {seen}"
