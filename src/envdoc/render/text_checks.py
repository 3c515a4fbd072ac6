"""The checks of a report for a person: one line a group, what needs attention by its codes; each check with `-v`."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.model.finding import CheckResult, CheckStatus, Report, Severity
from envdoc.render.lines import Line

# Whose line stands for its group where all is well; else the first.
_LEADS = {"System": "memory", "Packages": "package-bounds", "Hugging Face": "hub-space", "Verdict": "decisive"}
_ATTENTION = (CheckStatus.CRASH, CheckStatus.FAIL, CheckStatus.WARN)  # the worst first


def check_lines(report: Report, *, quiet: bool, verbose: bool) -> Iterator[Line]:
    """One line a group; `quiet` leaves out groups where all is well, `verbose` shows each check under its group."""
    groups = _grouped(report)
    width = max(map(len, groups), default=0)
    for group, results in groups.items():
        if verbose:
            yield from _open(group, results)
        elif not quiet or _open_questions(results):
            yield Line(f"{group:<{width}}  {_told(results)}".rstrip(), mark=_mark(results))
    unseen = sum(result.status is CheckStatus.NOT_CHECKED for result in report.checks)
    if unseen and not verbose and not quiet:
        yield Line(f"not checked: {unseen} (`envdoc check -v` shows each check, and why)", mark="not-checked")


def _grouped(report: Report) -> dict[str, list[CheckResult]]:
    groups: dict[str, list[CheckResult]] = {}
    for result in report.checks:
        groups.setdefault(result.group or result.title, []).append(result)
    return groups


def _open_questions(results: list[CheckResult]) -> bool:
    return any(result.status in _ATTENTION or result.blind for result in results)


def _mark(results: list[CheckResult]) -> str:
    """The worst of them; what was not seen is worse than what passed."""
    statuses = {result.status for result in results}
    worst = next((status for status in _ATTENTION if status in statuses), None)
    if worst is not None:
        return worst.value
    if any(result.blind for result in results) or CheckStatus.PASS not in statuses:
        return CheckStatus.NOT_CHECKED.value
    return "info" if any(result.findings for result in results) else CheckStatus.PASS.value


def _told(results: list[CheckResult]) -> str:
    """What is wrong by its codes, then what could not be seen; where all is well what the first one saw."""
    crashed = [f"{result.id}: {result.reason}" for result in results if result.status is CheckStatus.CRASH]
    order = tuple(Severity)  # errors first
    found = sorted((each for result in results for each in result.findings), key=lambda f: order.index(f.severity))
    codes = list(dict.fromkeys(finding.code for finding in found))
    blind = [f"not seen: {result.reason}" for result in results if result.blind and not result.findings]
    parts = [*crashed, *([", ".join(codes)] if codes else []), *blind[:1]]
    return "; ".join(parts) or _well(results)


def _well(results: list[CheckResult]) -> str:
    passed = [result for result in results if result.status is CheckStatus.PASS]
    if not passed:
        return f"not checked: {results[0].reason}"
    lead = next((each for each in passed if _LEADS.get(each.group) == each.id), passed[0])
    more = f" (and {len(passed) - 1} more)" if len(passed) > 1 else ""
    return f"{lead.reason or lead.title}{more}"


def _open(group: str, results: list[CheckResult]) -> Iterator[Line]:
    width = max(len(result.title) for result in results)
    yield Line(group, style="bold")
    for result in results:
        told, spent = _each(result), f"{result.seconds * 1000:.1f} ms"
        yield Line(f"{result.title:<{width}}  {told}  {spent}", mark=_mark([result]), indent=2)


def _each(result: CheckResult) -> str:
    if result.status is CheckStatus.NOT_CHECKED:
        return f"not checked: {result.reason}"
    if result.findings:
        codes = ", ".join(dict.fromkeys(finding.code for finding in result.findings))
        return f"{codes} (not seen: {result.reason})" if result.blind else codes
    return result.reason
