"""Several machines for a person: who answered, where they differ, and many snapshots in groups."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import text
from envdoc.model.fleet import FactRow, FleetReport, Grouped, HostAnswer
from envdoc.model.machine import System
from envdoc.model.text import joined
from envdoc.render.lines import Line
from envdoc.render.text_report import finding_lines

_FILES = 6  # of a group that are named
_DIFFERENCES = 12  # of a group that are told


def fleet_lines(report: FleetReport, *, quiet: bool = False) -> Iterator[Line]:
    """The machines, the table of what differs, and what mends it."""
    answered = [answer for answer in report.answers if answer.machine]
    yield Line(
        text("fleet", "head", answered=len(answered), count=len(report.answers), seconds=f"{report.seconds:.1f}"),
        style="bold",
    )
    for answer in report.answers:
        if not quiet or answer.code or answer.errors:
            yield _host(answer)
    yield Line()
    yield from _table(report)
    for finding in report.findings:
        yield Line()
        yield from finding_lines(finding, System.LINUX)


def _host(answer: HostAnswer) -> Line:
    if answer.machine is None:
        return Line(answer.why, mark="fail", indent=2, label=answer.name, table="hosts")
    if answer.errors:
        told = text("fleet", "has-errors", codes=", ".join(answer.errors))
        return Line(told, mark="warn", indent=2, label=answer.name, table="hosts")
    told = text("fleet", "answered", seconds=f"{answer.seconds:.1f}")
    return Line(told, mark="pass", indent=2, label=answer.name, table="hosts")


def _table(report: FleetReport) -> Iterator[Line]:
    """What differs, a fact a line; then how much is alike."""
    differ = [row for row in report.rows if row.differs]
    if len(report.rows) and len([answer for answer in report.answers if answer.machine]) > 1:
        alike = text("fleet", "alike", count=len(report.rows) - len(differ), all=len(report.rows))
        yield Line(alike, mark="info" if differ else "pass")
    for row in differ:
        yield Line(_row(row), mark="warn", indent=2, label=row.title, table="facts")


def _row(row: FactRow) -> str:
    parts = [text("fleet", "usual", value=row.usual)] if row.usual else []
    parts += [text("fleet", "value-of", value=value, hosts=", ".join(hosts)) for value, hosts in row.others]
    parts += [text("fleet", "unknown-of", why=why, hosts=", ".join(hosts)) for why, hosts in row.unknown]
    return joined(parts, "; ")


def group_lines(told: Grouped) -> Iterator[Line]:
    """The groups, outliers first, each with what distinguishes it from the largest."""
    count = sum(len(group.files) for group in told.groups)
    yield Line(
        text("fleet", "groups", count=count, groups=len(told.groups), seconds=f"{told.seconds:.1f}"), style="bold"
    )
    for number, group in enumerate(told.groups):
        largest = number == len(told.groups) - 1
        yield Line()
        rest = len(group.files) - _FILES
        files = ", ".join(group.files[:_FILES])
        named = text("fleet", "and-more", names=files, count=rest) if rest > 0 else files
        name = "group-usual" if largest else "group"
        yield Line(text("fleet", name, count=len(group.files), files=named), mark="pass" if largest else "warn")
        for each in group.differences[:_DIFFERENCES]:
            own, usual = each.value or text("fleet", "absent"), each.usual or text("fleet", "absent")
            yield Line(text("fleet", "instead", own=own, usual=usual), indent=4, label=each.title, table=str(number))
        if len(group.differences) > _DIFFERENCES:
            yield Line(text("fleet", "more", count=len(group.differences) - _DIFFERENCES), indent=4)
    for file, why in told.unread:
        yield Line(text("fleet", "unread", file=file, why=why), mark="fail")


def written_lines(folder: str, names: tuple[str, ...]) -> Iterator[Line]:
    """The files of `envdoc hosts`, and what to do with them."""
    yield Line(text("fleet", "files-written", files=", ".join(names), folder=folder), mark="pass")
    for command in (
        f"ansible-playbook -i {folder}/inventory.yml {folder}/collect.yml --forks 50",
        f"envdoc diff --many {folder}/snapshots",
    ):
        yield Line(command, mark="command", indent=2, fixed=True)
