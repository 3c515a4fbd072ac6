"""What a build from source needs: looked at where a component of the profile is built, or when asked for."""

from __future__ import annotations

from envdoc.doctor.base import BlindError, Case, Outcome, check
from envdoc.doctor.look import capabilities
from envdoc.doctor.words import found, passed
from envdoc.findings import finding, text
from envdoc.model.facts import Why
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.machine import System

_ID = "build-tools"
_BUILT = ("llama.cpp",)  # components that are built from their sources


def _asked(case: Case) -> bool:
    built = case.profile is not None and any(name in case.profile.components for name in _BUILT)
    return built or _ID in case.required


@check(_ID, codes=("cmake-missing", "compiler-missing", "cuda-toolkit-missing"), applies=_asked)
def build_tools(case: Case) -> Outcome:
    tools = case.machine.build.tools
    if not tools:
        raise BlindError(text("checks", "compilers"))
    there = [f"{name} {fact.value.version}".strip() for name, fact in tools.items() if fact.value is not None]
    lacking = [each for each in (_cmake(case), _compiler(case), _toolkit(case)) if each is not None]
    return found(*lacking, seen=", ".join(there)) if lacking else passed(", ".join(there))


def _cmake(case: Case) -> Finding | None:
    fact = case.machine.build.tools.get("cmake")
    if fact is None or fact.why is not Why.ABSENT:
        return None
    return _missing("cmake-missing", "cmake", fact.reason(), _lines("cmake", case))


def _compiler(case: Case) -> Finding | None:
    """Visual Studio has a check of its own."""
    fact = case.machine.build.host_compiler
    if case.machine.os.system is System.WINDOWS or fact.why is not Why.ABSENT:
        return None
    return _missing("compiler-missing", "g++", fact.reason(), _lines("compiler", case))


def _toolkit(case: Case) -> Finding | None:
    fact = case.machine.toolkits.found
    if fact.why is not Why.ABSENT or not case.wants_gpu:
        return None
    from envdoc.rules import prerequisites  # only what lacks needs its lines

    release = prerequisites.toolkit_release(case.machine, capabilities(case), case.knowledge)
    lines = _lines("cuda-toolkit", case, release) if release else ()
    return _missing("cuda-toolkit-missing", "nvcc", fact.reason(), lines)


def _missing(code: str, what: str, why: str, lines: tuple[Command, ...]) -> Finding:
    """A warning: nothing of the environment as it is needs it."""
    evidence = (text("checks", "named", name=what, told=why),)
    return finding(code, severity=Severity.WARNING, evidence=evidence, commands=lines)


def _lines(tool: str, case: Case, release: str = "") -> tuple[Command, ...]:
    from envdoc.rules import prerequisites

    return prerequisites.commands(tool, case.machine, case.knowledge, release=release)
