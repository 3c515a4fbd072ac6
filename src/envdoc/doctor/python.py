"""The Python that is judged: whether there is one, and whether it starts."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import what_why
from envdoc.doctor.picks import fresh, install_command
from envdoc.doctor.words import found, passed
from envdoc.findings import finding, text, worded
from envdoc.model.facts import Why
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.machine import PythonKind
from envdoc.rules import commands


@check("python-found", codes=("python-missing", "python-store-stub", "python-broken"))
def python_found(case: Case) -> Outcome:
    fact, target = case.machine.target.python, case.machine.target
    if fact.value is not None and fact.value.kind is PythonKind.STORE_STUB:
        return found(_stub(case, fact.value.path))
    if fact.value is not None and fact.value.version:
        return passed(
            text(
                "checks",
                "python-by",
                python=fact.value.version,
                kind=target.kind.value,
                chosen_by=worded("facts", target.chosen_by or "PATH"),
            )
        )
    if fact.value is not None or fact.why is Why.FAILED:
        return found(_broken(case, fact.value.path if fact.value else fact.reason()))
    if fact.why is not Why.ABSENT:
        raise NotCheckedError(what_why("what-python", fact))
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
    """A machine that has none yet gets one by `envdoc install`. Where somebody named an environment or entered it, it
    is that one which has none, and nothing that runs in it can work."""
    target = case.machine.target
    if not target.prefix:
        told = text("python-missing", "interpreters", told=case.machine.pythons.reason() or text("checks", "none"))
        return finding("python-missing", evidence=(told,), commands=_provide(case))
    told = text("python-missing", "folder", folder=target.prefix, chosen_by=worded("facts", target.chosen_by))
    return finding(
        "python-missing",
        severity=Severity.ERROR,
        evidence=(told,),
        fix="folder-fix",
        commands=install_command(case),
    )


def _stub(case: Case, path: str) -> Finding:
    return finding(
        "python-store-stub",
        evidence=(path,),
        commands=_provide(case),
    )


def _broken(case: Case, told: str) -> Finding:
    return finding(
        "python-broken",
        evidence=(told,),
        commands=install_command(case),
    )
