"""Logic of what pip says of wheels and of the Python that they are for."""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.logic.apart import python_below
from envdoc.diagnose.match import flat
from envdoc.diagnose.remedies.builds import tables
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.model.finding import Severity
from envdoc.model.value import replace


def pip_conflict(match: Match, _case: Case) -> list[Match]:
    """pip's complaint about packages that have nothing to do with it is a warning only."""
    line = match.sighting.line.text
    if "dependency conflicts" in line or "which is incompatible" in line or "but you have" in line:
        after = flat(match.sighting.lines[match.sighting.at :])
        if "Successfully installed" in after and "torch" not in after.partition("Successfully installed")[0]:
            return [replace(match, severity=Severity.WARNING)]
    return [match]


def python_too_new(match: Match, case: Case) -> list[Match]:
    """With the index out of reach pip sees no version at all; a name that does not exist is no matter of Python."""
    log = case.facts.text
    reach = (
        "Failed to establish a new connection",
        "name resolution",
        "CERTIFICATE_VERIFY_FAILED",
        "SSLError",
        "ProxyError",
        "getaddrinfo failed",
    )
    if (
        any(each in log for each in reach)
        or "bitsandbytes-cuda" in match.sighting.line.text
        or (
            "requirement triton" in log
            and case.facts.system == "windows"
            and "triton" in match.captured.get("package", "")
        )
    ):
        return []
    near = flat(match.sighting.lines)
    if python_below(near):
        return []
    if any(each in near + log[-4000:] for each in ("on win32", "32-bit", "32 bit", "-32\\")) and _is_32bit(log):
        return []
    return [_not_on_index(match, case) or match]


def _is_32bit(log: str) -> bool:
    """`[MSC v.1938 64 bit (AMD64)] on win32` is a 64-bit Python: `win32` says nothing."""
    return "64 bit (AMD64)" not in log


def _not_on_index(match: Match, case: Case) -> Match | None:
    """pip lists what the index has for this Python. A torch that has a wheel for it and is not among them is missing
    on this index (a mirror that lags, or another CUDA variant's), not for this Python."""
    package, _, version = match.captured.get("package", "").partition("==")
    listed = re.search(r"\(from versions: (\d[^)]{0,1500})\)", flat(match.sighting.lines))
    plain, _, tag = version.partition("+")
    if package != "torch" or listed is None or not case.known.python:
        return None
    every = (row for row in tables(case).torch if plain in row.patches and tag in ("", row.cuda))
    fits = any(row.os == case.known.system.value and case.known.python in row.python for row in every)
    newest = listed[1].rpartition(",")[2].strip()
    return replace(match, words="log-index", captured={**match.captured, "newest": newest}) if fits else None


def wheel_tags(match: Match, case: Case) -> list[Match]:
    """Which part of the wheel's name does not fit."""
    wheel, python = match.captured.get("wheel", ""), case.known.python
    tag = re.search(r"-(cp3\d{1,2})-", wheel)
    notes = match.notes
    if tag and python and tag[1] != "cp" + python.replace(".", ""):
        notes = (*notes, text("diagnose", "wheel-tag", tag=tag[1], python=python))
    if wheel.endswith("win_amd64.whl") and case.known.system_known and case.known.system.value != "windows":
        notes = (*notes, text("diagnose", "wheel-windows"))
    if re.search(r"linux_(?:x86_64|aarch64)\.whl$", wheel) and case.known.system.value == "windows":
        notes = (*notes, text("diagnose", "wheel-linux"))
    if re.search(r"-py3\d{2}-", wheel):
        notes = (*notes, text("diagnose", "wheel-by-hand"))
    return [replace(match, notes=notes)]


FUNCTIONS: dict[str, Judge] = {
    "pip-conflict": pip_conflict,
    "python-too-new": python_too_new,
    "wheel-tags": wheel_tags,
}
