"""Logic of kernel logs (`dmesg`, `journalctl -k`): Xid numbers, and NVML's words that stand for several faults."""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.match import flat
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.findings.recognise import recognised
from envdoc.knowledge import xids
from envdoc.model.finding import Severity
from envdoc.model.value import replace

_XID = re.compile(r"Xid \((?:PCI:)?[0-9a-fA-F:. ]{1,30}\): ?(\d{1,4})")
_LOST = "79"  # has a code of its own: gpu-lost
_FOLLOWS_ONLY = "none"


def xid(match: Match, _case: Case) -> list[Match]:
    """`NVRM: Xid (PCI:0000:3b:00): 31, pid=1234, name=python, ...` with NVIDIA's own meaning."""
    numbers = list(dict.fromkeys(found[1] for line in match.sighting.lines for found in _XID.finditer(line.text)))
    if not numbers or (_LOST in numbers and "fallen off the bus" in flat(match.sighting.lines)):
        return []
    number = next((each for each in numbers if _first(each) != _FOLLOWS_ONLY), numbers[0])
    row = xids.of_number(number)
    if row is None:
        return [replace(match, captured={**match.captured, "xid": number})]
    others = tuple(_note(each) for each in numbers if each != number and xids.of_number(each))
    notes = (*_catalogued(row), *others)
    level = Severity.INFO if row.first == _FOLLOWS_ONLY else Severity.ERROR
    captured = {**match.captured, "xid": number, "meaning": recognised("tables", row.meaning)}
    return [replace(match, captured=captured, notes=notes, severity=level, words=f"log-{row.first}")]


def _first(number: str) -> str:
    row = xids.of_number(number)
    return row.first if row else ""


def _note(number: str) -> str:
    row = xids.of_number(number)
    return text("diagnose", "xid", xid=number, meaning=recognised("tables", row.meaning) if row else "")


def _catalogued(row: xids.XidRow) -> tuple[str, ...]:
    """NVIDIA's own name and immediate action."""
    return (text("diagnose", "xid-action", name=row.name, action=row.action),) if row.action else ()


def nvml_unknown(match: Match, case: Case) -> list[Match]:
    """In WSL it has another cause and code. `systemctl daemon-reload` takes the devices from running containers."""
    return [] if case.facts.wsl else [match]


def no_devices(match: Match, case: Case) -> list[Match]:
    """`No devices were found` alone says little; the kernel's lines, where they are there, say more."""
    others = ("requires use of the NVIDIA open kernel modules", "has fallen off the bus", "key rejected")
    if any(each in case.facts.text for each in others):
        return []
    around = flat(match.sighting.lines)
    return [] if "adb" in around or "flutter" in around else [match]


FUNCTIONS: dict[str, Judge] = {"xid": xid, "nvml-unknown": nvml_unknown, "no-devices": no_devices}
