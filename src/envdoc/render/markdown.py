"""A report as Markdown, for pull requests, issues and job summaries."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.model.finding import CheckStatus, Finding, Report
from envdoc.render.lines import plain
from envdoc.render.text_report import machine_words, summary, target_words

_WORDS = {
    CheckStatus.PASS: "pass",
    CheckStatus.WARN: "**warning**",
    CheckStatus.FAIL: "**error**",
    CheckStatus.NOT_CHECKED: "not checked",
    CheckStatus.CRASH: "**crash**",
}


def report_markdown(report: Report) -> str:
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield "## envdoc check"
    yield ""
    yield f"{_cell(target_words(report.machine))} on {_cell(machine_words(report.machine))}"
    yield ""
    yield "| check | status | seen |"
    yield "|---|---|---|"
    for result in report.checks:
        yield f"| {_cell(result.title)} | {_WORDS[result.status]} | {_cell(result.reason)} |"
    for finding in report.findings:
        yield ""
        yield from finding_markdown(finding)
    yield ""
    yield summary(report, 0.0)


def finding_markdown(finding: Finding) -> Iterator[str]:
    """One finding: heading, evidence, remedy with its commands in fences, links."""
    yield f"### {finding.severity.value}: `{finding.code}`"
    yield ""
    yield _cell(finding.summary)
    for each in finding.evidence:
        yield f"- {_cell(each)}"
    if finding.remediation.text:
        yield ""
        yield _cell(finding.remediation.text)
    for command in finding.remediation.commands:
        yield ""
        yield f"```{command.shell.value if command.shell.value != 'any' else ''}"
        yield plain(command.command).replace("```", "'''")
        yield "```"
    for link in finding.links:
        yield f"- <{plain(link)}>"


def _cell(text: str) -> str:
    """Text that cannot break out of a table or smuggle HTML."""
    return plain(text).replace("|", "\\|").replace("<", "&lt;")
