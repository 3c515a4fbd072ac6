"""What holds for a check of any subject: how it ends by its findings, and what `--only` and `--skip` leave of it."""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.findings import text
from envdoc.model.finding import CheckResult, CheckStatus, Finding, Severity
from envdoc.model.value import replace


def status_of(findings: Iterable[Finding]) -> CheckStatus:
    """By the worst of them; notes do no harm."""
    worst = {finding.severity for finding in findings}
    if Severity.ERROR in worst:
        return CheckStatus.FAIL
    return CheckStatus.WARN if Severity.WARNING in worst else CheckStatus.PASS


def crashed(error: Exception) -> str:
    """The reason of a check that has a bug: a result of its own, never the end of the report."""
    return text("checks", "bug", error=f"{type(error).__name__}: {error}")


def narrowed(
    result: CheckResult, only: tuple[str, ...], skip: tuple[str, ...], *, whole: bool = False
) -> CheckResult:
    """Without the findings whose codes were not wished, judged by the rest. A check that was wished by its id keeps
    all that is not skipped, and so does one that counts `whole`."""
    by_id = whole or not only or result.id in only
    kept = tuple(each for each in result.findings if each.code not in skip and (by_id or each.code in only))
    return result if kept == result.findings else replace(result, status=status_of(kept), findings=kept)
