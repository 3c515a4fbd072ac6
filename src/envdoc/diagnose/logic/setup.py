"""Logic of compilers, rights, Windows and the network."""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.match import flat
from envdoc.diagnose.values import Match
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Severity
from envdoc.model.machine import System
from envdoc.model.value import replace


def nvcc_arch(match: Match, _case: Case) -> list[Match]:
    """`compute_native` has no number: CMake is older than the option."""
    if "compute_native" in match.sighting.line.text:
        return [replace(match, words="log-native", captured={k: v for k, v in match.captured.items() if k != "arch"})]
    if "compute_No" in match.sighting.line.text:
        return []
    return [match]


def msvc_missing(match: Match, case: Case) -> list[Match]:
    """The warning about `cl` alone, in a run that goes on, is no failure."""
    if "Error checking compiler version for cl" in match.sighting.line.text and not _fails(case):
        return [replace(match, severity=Severity.INFO)]
    return [match]


def _fails(case: Case) -> bool:
    return (
        "Traceback (most recent call last)" in case.facts.text
        or re.search(r"^(?:\w{0,30}[Ee]rror|ERROR|error)\b", case.facts.text, re.MULTILINE) is not None
    )


def permission(match: Match, _case: Case) -> list[Match]:
    """Not where a user's own script opens a file of its own, nor in the middle of a mere warning."""
    line = match.sighting.line.text
    if "WARNING: The directory" in line:
        return []
    return [match]


def no_nccl(match: Match, case: Case) -> list[Match]:
    """On Linux it is a CPU build (or a Mac), not the system."""
    if case.facts.system == "linux" and case.known.system is not System.WINDOWS:
        return [replace(match, words="log-linux")]
    return [match]


def omp(match: Match, _case: Case) -> list[Match]:
    return [match] if "OMP" in flat(match.sighting.lines) or "libiomp5" in flat(match.sighting.lines) else []


def error_line(match: Match, _case: Case) -> list[Match]:
    """Only lines of an error or warning, not those that list variables or help texts."""
    text = flat(match.sighting.lines[max(0, match.sighting.at - 3) : match.sighting.at + 3])
    return [match] if re.search(r"Error|error|Please|annot find|cannot reach|Exception", text) else []


def cmake_curl(match: Match, case: Case) -> list[Match]:
    """CMake's line alone is harmless where the build goes on without it."""
    if "CMake Error" in case.facts.text or "Configuring incomplete" in case.facts.text:
        return [match]
    return [replace(match, severity=Severity.INFO)]


def hub_connection(match: Match, case: Case) -> list[Match]:
    """A missing tokenizer of a local folder is no matter of the network."""
    line = match.sighting.line.text
    if (
        "Can't load tokenizer" in line
        and "couldn't connect" not in case.facts.text
        and "Max retries" not in case.facts.text
    ):
        return []
    if "LocalEntryNotFoundError" in line and (
        "outgoing traffic has been disabled" in case.facts.text or "HF_HUB_OFFLINE" in case.facts.text
    ):
        return []
    return [match]


def sudo_pip(match: Match, case: Case) -> list[Match]:
    """In a container root is the only user."""
    return [] if case.facts.container or case.facts.wsl else [match]


def old_vc_runtime(match: Match, case: Case) -> list[Match]:
    """WinError 1114 (a DLL's own start failed) with torch from 2.9 on: nothing is missing, the runtime is too old."""
    near = flat(match.sighting.lines)
    if re.search(r"\[WinError (?!126\]|127\]|1114\])\d", near):
        return []  # another number means another fault
    failed_start = "[WinError 1114]" in near
    if failed_start and version_tuple(case.known.torch or "0") >= (2, 9):
        return [replace(match, words="log-old-runtime")]
    return [match]


FUNCTIONS: dict[str, Judge] = {
    "old-vc-runtime": old_vc_runtime,
    "nvcc-arch": nvcc_arch,
    "msvc-missing": msvc_missing,
    "permission": permission,
    "no-nccl": no_nccl,
    "omp": omp,
    "error-line": error_line,
    "cmake-curl": cmake_curl,
    "hub-connection": hub_connection,
    "sudo-pip": sudo_pip,
}
