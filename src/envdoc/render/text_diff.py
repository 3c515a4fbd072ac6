"""Two environments side by side, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.environments import Difference, EnvironmentDiff
from envdoc.model.machine import System
from envdoc.render.lines import Line
from envdoc.render.text_report import finding_lines


def environment_lines(diff: EnvironmentDiff, system: System) -> Iterator[Line]:
    """Each package that differs, then what became of torch."""
    if not diff.differences and not diff.findings:
        yield Line(text("diff", "no-difference"), mark="pass")
        return
    yield Line(text("diff", "heading", before=diff.before, after=diff.after), style="bold")
    for each in diff.differences:
        yield Line(_one(each), indent=2)
    for finding in diff.findings:
        yield Line()
        yield from finding_lines(finding, system)


def _one(each: Difference) -> str:
    absent = text("diff", "absent")
    values = {
        "package": each.package,
        "before": each.before or absent,
        "after": each.after or absent,
        "who": each.who,
    }
    return text("diff", "one-by" if each.who else "one", **values)
