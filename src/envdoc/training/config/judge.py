"""A training file judged: every check, each a result of its own, all mistakes at once."""

from __future__ import annotations

import time
from collections.abc import Iterator

from envdoc.model.finding import CheckResult, CheckStatus, Finding, Subject
from envdoc.rules.checking import crashed, status_of
from envdoc.training.config.checks import CHECKS, TrainCheck
from envdoc.training.config.rules import files
from envdoc.training.config.run import Run

# The line under which a person reads them
GROUP = "Training"


def judge(run: Run) -> tuple[CheckResult, ...]:
    """Every check's result; of a file that could not be read, or is another program's, only the first."""
    if (not run.file.entries and run.file.problems) or files.program(run):
        return (_result(CHECKS[0], run),)
    return tuple(_result(check, run) for check in CHECKS)


def _result(check: TrainCheck, run: Run) -> CheckResult:
    start = time.perf_counter()
    status, reason = CheckStatus.PASS, ""
    findings: tuple[Finding, ...] = ()
    try:
        reason = check.asks(run)
        if reason:
            status = CheckStatus.NOT_CHECKED
        else:
            findings = tuple(_once(finding for rule in check.rules for finding in rule(run)))
            status, reason = status_of(findings), check.seen(run)
    except Exception as error:  # one broken rule never ends the report
        status, reason = CheckStatus.CRASH, crashed(error)
    return CheckResult(
        check.id,
        check.title,
        status,
        reason,
        time.perf_counter() - start,
        findings,
        subject=Subject.TRAINING_FILE,
        group=GROUP,
    )


def _once(findings: Iterator[Finding]) -> Iterator[Finding]:
    """In the order of the rules, the same finding once."""
    return iter(dict.fromkeys(findings))
