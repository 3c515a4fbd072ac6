"""GitHub's workflow commands (annotations on the run's page) and the job summary in Markdown.

::error title=envdoc no-kernel-image::small matrix product on GPU 0: no kernel image is available
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from envdoc.model.finding import CheckStatus, Finding, Report, Severity
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.render.lines import plain

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_WORDS = {
    ProofStatus.PASSED: "passed",
    ProofStatus.FAILED: "**failed**",
    ProofStatus.NOT_CHECKED: "not checked",
    ProofStatus.TIMED_OUT: "**not checked**",
    ProofStatus.CRASHED: "**crashed**",
}


def report_annotations(report: Report) -> str:
    """One annotation a finding of a report, and one for each check that crashed."""
    crashed = [result for result in report.checks if result.status is CheckStatus.CRASH]
    lines = [f"::error title={_property(f'envdoc check {each.id}')}::{_data(each.reason)}\n" for each in crashed]
    return finding_annotations(report.findings) + "".join(lines)


def finding_annotations(findings: Iterable[Finding]) -> str:
    """One workflow command a finding; the remedy stands in the message, for the page shows nothing else."""
    return "".join(f"{_annotation(each)}\n" for each in findings)


def _annotation(finding: Finding) -> str:
    commands = [f"$ {each.command}" for each in finding.remediation.commands]
    message = "\n".join(part for part in (finding.summary, finding.remediation.text, *commands) if part)
    title = _property(f"envdoc {finding.code}")
    return f"::{_LEVELS[finding.severity]} {_place(finding)}title={title}::{_data(message)}"


def _place(finding: Finding) -> str:
    """`file=train.yaml,line=12,`, so that GitHub shows the annotation in the file."""
    if finding.where is None:
        return ""
    line = f"line={finding.where.line}," if finding.where.line else ""
    return f"file={_property(finding.where.file)},{line}"


def _data(text: str) -> str:
    """A workflow command ends at the line's end, so that these three signs travel encoded."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def job_summary(
    results: Iterable[ProofResult], findings: Iterable[Finding], facts: Mapping[str, str], exit_code: int
) -> str:
    """Markdown for GITHUB_STEP_SUMMARY: the verdict, the machine, each proof with its figures, the findings."""
    return "\n".join(_summary(tuple(results), tuple(findings), facts, exit_code)) + "\n"


def _summary(
    results: tuple[ProofResult, ...], findings: tuple[Finding, ...], facts: Mapping[str, str], exit_code: int
) -> Iterator[str]:
    verdicts = {0: "all proofs hold", 1: "the environment is wrong", 75: "the runner is wrong"}
    yield f"## envdoc smoke: {verdicts.get(exit_code, f'exit {exit_code}')}"
    yield ""
    yield ", ".join(f"{name} {cell(value)}" for name, value in facts.items() if value)
    yield ""
    yield "| proof | GPU | result | seen | seconds |"
    yield "|---|---|---|---|---|"
    for each in results:
        gpu = "" if each.gpu is None else str(each.gpu)
        yield f"| `{each.name}` | {gpu} | {_WORDS[each.status]} | {cell(each.reason)} | {each.seconds:.1f} |"
    for finding in findings:
        yield ""
        yield f"**{finding.severity.value}** `{finding.code}`: {cell(finding.summary)}"
        yield f"- {cell(finding.remediation.text)}"
        yield from (f"- {cell(line)}" for line in finding.evidence)


def cell(text: str) -> str:
    """Text that can neither break out of a table nor smuggle HTML."""
    return plain(text).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
