"""Lines that set variables, in the shells of a system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from envdoc.model.finding import Command, Shell
from envdoc.model.machine import System
from envdoc.rules.choice.situation import Card


def visible_only(cards: Iterable[Card]) -> dict[str, str]:
    """What makes a program see these GPUs alone, by `nvidia-smi`'s numbers."""
    indices = ",".join(str(card.index) for card in cards)
    return {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": indices}


def set_variables(variables: Mapping[str, str], system: System) -> tuple[Command, ...]:
    """The line, one a shell."""
    if system is not System.WINDOWS:
        pairs = " ".join(f"{name}={value}" for name, value in variables.items())
        return (Command(f"export {pairs}", Shell.BASH),)
    # quoted whole: without the quotes cmd would keep the blank before `&` in the value
    cmd = " & ".join(f'set "{name}={value}"' for name, value in variables.items())
    powershell = "; ".join(f'$env:{name}="{value}"' for name, value in variables.items())
    return (Command(cmd, Shell.CMD), Command(powershell, Shell.POWERSHELL))
