"""Clocks and the reasons that lower them, while products keep the GPU busy for two seconds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

# Drivers before 535 call them clocks_throttle_reasons.*. These are faults: the board's protection, heat, and an
# external power brake. The power limit under full load is the card's own design.
_FAULTS = ("hw_thermal_slowdown", "hw_power_brake_slowdown", "sw_thermal_slowdown")
_POWER_LIMIT = "sw_power_cap"


def run(kit: Kit) -> str:
    import torch

    a = torch.randn(4096, 4096, device=kit.device, dtype=torch.float16)
    smi, end = kit.lib("smi"), time.monotonic() + 2.0
    told: dict[str, str] = {}
    while time.monotonic() < end:
        for _ in range(200):
            a @ a
        if end - time.monotonic() < 1.0 and not told:
            told = smi.query(kit, "clocks.sm", "clocks.max.sm", "temperature.gpu", "power.draw", *_names("event"))
            told = (
                told if any("reasons" in name for name in told) else {**told, **smi.query(kit, *_names("throttle"))}
            )
        torch.cuda.synchronize()
    if "clocks.sm" not in told:
        kit.skip("nvidia-smi does not tell the clocks of this card")
    kit.figures.update({name: float(value) for name, value in told.items() if "reasons" not in name})
    active = [name.split(".")[-1] for name, value in told.items() if "reasons" in name and value == "Active"]
    clock, most, heat = (told.get(name, "?") for name in ("clocks.sm", "clocks.max.sm", "temperature.gpu"))
    seen = f"SM clock {clock} of {most} MHz at {heat} C"
    faults = [each for each in active if each in _FAULTS]
    if faults:
        kit.note("clocks-throttled", f"{seen}, held back by {', '.join(faults)}")
    return seen + (f", held back by {', '.join(active)}" if active else ", nothing holds it back")


def _names(word: str) -> list[str]:
    return [f"clocks_{word}_reasons.{fault}" for fault in (*_FAULTS, _POWER_LIMIT)]
