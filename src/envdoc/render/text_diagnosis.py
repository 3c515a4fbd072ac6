"""`diagnose` for a person: what was looked at, the findings with the root cause first, or that nothing was found."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import System
from envdoc.model.text import joined
from envdoc.render.lines import Line
from envdoc.render.text_report import finding_lines


def diagnosis_lines(
    source: str,
    looked_at: str,
    findings: tuple[Finding, ...],
    system: System,
    *,
    quiet: bool = False,
    ended: str = "",
) -> Iterator[Line]:
    """The whole text. `looked_at` says what was looked at ("1203 lines, 96 KB"), `ended` how a command ended."""
    if not quiet:
        yield Line(joined((source, looked_at), ": "), style="bold")
        if ended:
            yield Line(ended)
        yield Line()
    shown = [each for each in findings if not quiet or each.severity is not Severity.INFO]
    for number, finding in enumerate(shown):
        if number:
            yield Line()
        yield from finding_lines(finding, system)
    if not any(each.severity is not Severity.INFO for each in findings):
        yield Line(text("diagnose", "nothing-known"), mark="info")
        if not quiet:
            yield Line(text("diagnose", "report-it"), indent=2)
