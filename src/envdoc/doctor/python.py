"""The Python that is judged: whether there is one, and whether it starts."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.picks import fresh, install_command
from envdoc.doctor.words import finding, found, passed
from envdoc.model.facts import Why
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.machine import PythonKind
from envdoc.rules import commands

_DOWNLOAD = "https://www.python.org/downloads/"


@check("python-found", "Python", codes=("python-missing", "python-store-stub", "python-broken"))
def python_found(case: Case) -> Outcome:
    fact, target = case.machine.target.python, case.machine.target
    if fact.value is not None and fact.value.kind is PythonKind.STORE_STUB:
        return found(_stub(case, fact.value.path))
    if fact.value is not None and fact.value.version:
        return passed(f"Python {fact.value.version}, {target.kind.value} by {target.chosen_by or 'PATH'}")
    if fact.value is not None or fact.why is Why.FAILED:
        return found(_broken(case, fact.value.path if fact.value else fact.reason()))
    if fact.why is not Why.ABSENT:
        raise NotCheckedError(f"the environment's Python: {fact.reason()}")
    stubs = [each for each in (case.machine.pythons.value or ()) if each.kind is PythonKind.STORE_STUB]
    if stubs:
        return found(_stub(case, stubs[0].path))
    return found(_missing(case))


def _provide(case: Case) -> tuple[Command, ...]:
    chosen = fresh(case)
    return commands.command(
        "uv", "python", "install", chosen.python if chosen else "3.12", system=case.machine.os.system
    )


def _missing(case: Case) -> Finding:
    return finding(
        Severity.WARNING,
        "python-missing",
        "No Python was found to judge",
        evidence=(f"interpreters: {case.machine.pythons.reason() or 'none'}",),
        fix="`envdoc install` brings one; to have it now, let uv fetch it",
        commands=_provide(case),
        links=(_DOWNLOAD,),
    )


def _stub(case: Case, path: str) -> Finding:
    return finding(
        Severity.WARNING,
        "python-store-stub",
        "`python` is only the stub that opens the Microsoft Store; no Python is installed",
        evidence=(path,),
        fix="`envdoc install` brings a Python of its own; to have one now, let uv fetch it. The stub goes away under "
        "Settings, Apps, Advanced app settings, App execution aliases",
        commands=_provide(case),
        links=(_DOWNLOAD,),
    )


def _broken(case: Case, told: str) -> Finding:
    return finding(
        Severity.ERROR,
        "python-broken",
        "The environment's Python does not start: its base was moved or removed",
        evidence=(told,),
        fix="Make the environment anew",
        commands=install_command(case),
    )
