"""Runs the checks over one case. A check that crashes is a result of its own, never the end of the report."""

from __future__ import annotations

import time
from collections.abc import Iterable

from envdoc.doctor.base import REGISTRY, BlindError, Case, Check, NotCheckedError, Outcome
from envdoc.doctor.following import next_commands
from envdoc.errors import UsageError
from envdoc.findings import former, text
from envdoc.model.facts import NOT_IN_LISTING
from envdoc.model.finding import CheckResult, CheckStatus, Report
from envdoc.model.machine import Origin
from envdoc.model.text import joined
from envdoc.model.value import replace
from envdoc.rules.checking import crashed, narrowed, status_of


def checks() -> tuple[Check, ...]:
    """Every check, in the order of the report."""
    return tuple(REGISTRY)


def examine(case: Case, only: Iterable[str] = (), skip: Iterable[str] = (), require: Iterable[str] = ()) -> Report:
    """Look at everything and report.

    `only` and `skip` take check ids or finding codes, former ones too; by a code, the check that may find it runs,
    and its other findings are left out. `require` takes check ids: they run whatever `only` says, and one that did
    not look is an error.

    Raises:
        UsageError: an id or code that does not exist (the hint lists near names), or nothing is left to look at.
    """
    wanted, unwanted, required = _of_today(only), _of_today(skip), tuple(dict.fromkeys(require))
    understand(wanted, unwanted, required)
    if wanted:
        wanted += required
    asked = replace(case, required=(*wanted, *required))  # some look only where somebody asks
    chosen = [each for each in REGISTRY if each.applies(asked) and _chosen(each, wanted, unwanted)]
    if not any(not each.last or each.id in required for each in chosen) and not required:
        raise UsageError(
            text("errors", "no-check-left"), hint=text("errors", "check-shows", system=case.machine.os.system.value)
        )
    results: list[CheckResult] = []
    for each in chosen:
        now = replace(case, results=tuple(results), required=required) if each.last else case
        result = narrowed(_run(each, now), wanted, unwanted, whole=each.last)
        results.append(replace(result, required=each.id in required))
    told = tuple(result for result in results if _told(result, chosen, wanted))
    report = Report(case.machine, told, case.profile.id if case.profile else "")
    return replace(report, next_commands=next_commands(case, report))


def _of_today(names: Iterable[str]) -> tuple[str, ...]:
    """Former codes as those of today; what a check is called stays, also where it once was a code's name."""
    every = _names()
    return tuple(name if name in every else former().get(name, name) for name in names)


def _names() -> set[str]:
    return {each.id for each in REGISTRY} | {code for each in REGISTRY for code in each.codes}


def understand(only: tuple[str, ...], skip: tuple[str, ...], require: tuple[str, ...]) -> None:
    """Refuse names that do not exist, and wishes that contradict each other.

    Raises:
        UsageError: see `examine`.
    """
    only, skip = _of_today(only), _of_today(skip)
    _known((*only, *skip), _names(), "no-check-or-finding")
    _known(require, {each.id for each in REGISTRY}, "no-check")
    skipped = [each for each in REGISTRY if _skipped(each, skip)]
    if both := [each.id for each in skipped if each.id in require]:
        raise UsageError(
            text("errors", "required-and-skipped", name=both[0]), hint=text("errors", "required-and-skipped-hint")
        )
    if not require and all(each in skipped or each.last or not _chosen(each, only, skip) for each in REGISTRY):
        alone = [each for each in REGISTRY if each.last and each not in skipped and each.id in only]
        if not alone:
            raise UsageError(text("errors", "no-check-left"), hint=text("errors", "skip-takes-away"))


def _known(names: tuple[str, ...], every: set[str], unknown: str) -> None:
    for name in names:
        if name not in every:
            import difflib

            near = difflib.get_close_matches(name, sorted(every), n=3, cutoff=0.4)
            hint = text("errors", "near-names", names=", ".join(near)) if near else text("errors", "lists-checks")
            raise UsageError(text("errors", unknown, name=name), hint=hint)


def _skipped(each: Check, skip: tuple[str, ...]) -> bool:
    return each.id in skip or all(code in skip for code in each.codes)


def _chosen(each: Check, only: tuple[str, ...], skip: tuple[str, ...]) -> bool:
    """A check that judges the others runs beside any of them, unless it is skipped."""
    if _skipped(each, skip):
        return False
    return not only or each.last or each.id in only or any(code in only for code in each.codes)


def _told(result: CheckResult, chosen: list[Check], only: tuple[str, ...]) -> bool:
    """Whether it belongs into the report: one that was not asked for does where it found something."""
    last = any(each.id == result.id and each.last for each in chosen)
    return not (last and only) or result.id in only or bool(result.findings)


def _run(each: Check, case: Case) -> CheckResult:
    start = time.perf_counter()
    blind = False
    try:
        if each.gpu and not case.wants_gpu:
            raise NotCheckedError(
                text("checks", "profile-needs-no-gpu", profile=case.profile.id if case.profile else "")
            )
        if each.beyond_listings and case.machine.origin is Origin.LISTED:
            raise NotCheckedError(text("facts", NOT_IN_LISTING))
        outcome = each.look(case)
        status, seen, blind = status_of(outcome.findings), outcome.seen, bool(outcome.unseen)
        if blind and status is CheckStatus.PASS:
            status = CheckStatus.NOT_CHECKED
        if blind:
            seen = joined((outcome.seen, *outcome.unseen), "; ")
    except NotCheckedError as why:
        status, outcome, seen, blind = CheckStatus.NOT_CHECKED, Outcome(), why.args[0], isinstance(why, BlindError)
    except Exception as error:  # one broken check never kills the report
        status, outcome = CheckStatus.CRASH, Outcome()
        seen = crashed(error)
    spent = time.perf_counter() - start
    return CheckResult(each.id, each.title, status, seen, spent, outcome.findings, each.group, blind=blind)
