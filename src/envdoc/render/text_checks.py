"""The checks of a report for a person: one line a group, what needs attention by its codes; each check with `-v`."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import text
from envdoc.findings.catalogue import words
from envdoc.model.finding import CheckResult, CheckStatus, Report, Severity
from envdoc.model.text import joined
from envdoc.render.lines import Line

# Whose line stands for its group where all is well; else the first.
_LEADS = {"System": "memory", "Packages": "package-bounds", "Hugging Face": "hub-space", "Verdict": "decisive"}
_ATTENTION = (CheckStatus.CRASH, CheckStatus.FAIL, CheckStatus.WARN)  # the worst first


def check_lines(report: Report, *, quiet: bool, verbose: bool) -> Iterator[Line]:
    """One line a group; `quiet` leaves out groups where all is well, `verbose` shows each check under its group."""
    for group, results in _grouped(report).items():
        if verbose:
            yield from _open(group, results)
        elif not quiet or _open_questions(results):
            yield Line(_told(results), mark=_mark(results), label=_group(group))
    unseen = sum(result.status is CheckStatus.NOT_CHECKED for result in report.checks)
    if unseen and not verbose and not quiet:
        yield Line(text("render", "unseen", count=unseen), mark="not-checked")


def _group(name: str) -> str:
    """A group's name; those of words of their own are translated."""
    word = f"group-{name.lower()}"
    return text("render", word) if word in words("render") else name


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
    crashed = [
        text("render", "crashed", id=result.id, reason=result.reason)
        for result in results
        if result.status is CheckStatus.CRASH
    ]
    order = tuple(Severity)  # errors first
    found = sorted((each for result in results for each in result.findings), key=lambda f: order.index(f.severity))
    codes = list(dict.fromkeys(finding.code for finding in found))
    blind = [
        text("render", "not-seen", reason=result.reason) for result in results if result.blind and not result.findings
    ]
    return joined((*crashed, ", ".join(codes), *blind[:1]), "; ") or _well(results)


def _well(results: list[CheckResult]) -> str:
    passed = [result for result in results if result.status is CheckStatus.PASS]
    if not passed:
        return text("render", "not-checked", reason=results[0].reason)
    lead = next((each for each in passed if _LEADS.get(each.group) == each.id), passed[0])
    told = lead.reason or lead.title
    return text("render", "and-others", told=told, count=len(passed) - 1) if len(passed) > 1 else told


def _open(group: str, results: list[CheckResult]) -> Iterator[Line]:
    yield Line(_group(group), style="bold")
    for result in results:
        told = text("render", "spent", told=_each(result), spent=f"{result.seconds * 1000:.1f}")
        yield Line(told, mark=_mark([result]), indent=2, label=result.title, table=group)


def _each(result: CheckResult) -> str:
    if result.status is CheckStatus.NOT_CHECKED:
        return text("render", "not-checked", reason=result.reason)
    if result.findings:
        codes = ", ".join(dict.fromkeys(finding.code for finding in result.findings))
        return text("render", "codes-not-seen", codes=codes, reason=result.reason) if result.blind else codes
    return result.reason
