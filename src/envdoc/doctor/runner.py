"""Runs the checks over one case. A check that crashes is a result of its own, never the end of the report."""

from __future__ import annotations

import time
from collections.abc import Iterable

from envdoc.doctor.base import REGISTRY, Case, Check, NotCheckedError, Outcome
from envdoc.doctor.following import next_commands
from envdoc.errors import UsageError
from envdoc.findings import former
from envdoc.model.finding import CheckResult, CheckStatus, Report, Severity


def checks() -> tuple[Check, ...]:
    """Every check, in the order of the report."""
    return tuple(REGISTRY)


def examine(case: Case, only: Iterable[str] = (), skip: Iterable[str] = ()) -> Report:
    """Look at everything and report.

    `only` and `skip` take check ids or finding codes, former ones too; by a code, the check that may find it runs,
    and its other findings are left out.

    Raises:
        UsageError: an id or code that does not exist; the hint lists near names.
    """
    wanted, unwanted = _of_today(only), _of_today(skip)
    _known(wanted + unwanted)
    results = [_run(each, case) for each in REGISTRY if each.applies(case) and _chosen(each, wanted, unwanted)]
    results = [_narrowed(result, wanted, unwanted) for result in results]
    report = Report(case.machine, tuple(results), case.profile.id if case.profile else "")
    return Report(report.machine, report.checks, report.profile, next_commands(case, report.findings))


def _of_today(names: Iterable[str]) -> tuple[str, ...]:
    """Former codes as those of today; what a check is called stays, also where it once was a code's name."""
    every = _names()
    return tuple(name if name in every else former().get(name, name) for name in names)


def _names() -> set[str]:
    return {each.id for each in REGISTRY} | {code for each in REGISTRY for code in each.codes}


def _known(names: tuple[str, ...]) -> None:
    every = _names()
    for name in names:
        if name not in every:
            import difflib

            near = difflib.get_close_matches(name, sorted(every), n=3, cutoff=0.4)
            hint = f"near names: {', '.join(near)}" if near else "`envdoc check --format json` lists all checks"
            raise UsageError(f"no check or finding is called `{name}`", hint=hint)


def _chosen(each: Check, only: tuple[str, ...], skip: tuple[str, ...]) -> bool:
    if each.id in skip or all(code in skip for code in each.codes):
        return False
    return not only or each.id in only or any(code in only for code in each.codes)


def _narrowed(result: CheckResult, only: tuple[str, ...], skip: tuple[str, ...]) -> CheckResult:
    """Leave out findings whose codes were not wished, and judge the check by the rest."""
    if not result.findings:
        return result
    by_id = not only or result.id in only
    kept = tuple(f for f in result.findings if f.code not in skip and (by_id or f.code in only))
    if kept == result.findings:
        return result
    return CheckResult(result.id, result.title, _status(kept), result.reason, result.seconds, kept)


def _run(each: Check, case: Case) -> CheckResult:
    start = time.perf_counter()
    status, outcome = CheckStatus.PASS, Outcome()
    try:
        if each.gpu and not case.wants_gpu:
            raise NotCheckedError(f"profile `{case.profile.id if case.profile else ''}` needs no GPU")
        outcome = each.look(case)
        status = _status(outcome.findings)
    except NotCheckedError as why:
        status, outcome = CheckStatus.NOT_CHECKED, Outcome(str(why))
    except Exception as error:  # one broken check never kills the report
        status, outcome = CheckStatus.CRASH, Outcome(f"bug in this check: {type(error).__name__}: {error}")
    return CheckResult(each.id, each.title, status, outcome.seen, time.perf_counter() - start, outcome.findings)


def _status(findings: Iterable[object]) -> CheckStatus:
    worst = {getattr(finding, "severity", None) for finding in findings}
    if Severity.ERROR in worst:
        return CheckStatus.FAIL
    return CheckStatus.WARN if Severity.WARNING in worst else CheckStatus.PASS
