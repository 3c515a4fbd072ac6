"""Versions that are known not to work together, though their bounds allow it."""

from __future__ import annotations

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.companions import NAMES as COMPANIONS
from envdoc.doctor.look import packages, python
from envdoc.doctor.picks import pip_command
from envdoc.doctor.words import found
from envdoc.findings import finding, text, worded
from envdoc.knowledge.rows import BreakRow
from envdoc.model.finding import Finding
from envdoc.model.machine import Package
from envdoc.rules.requirements import parse, satisfies


@check("known-breaks", codes=("known-break",))
def known_breaks(case: Case) -> Outcome:
    installed = packages(case)
    rows = broken_rows(case, installed)
    concerned = sum(set(row.packages) <= set(installed) for row in case.knowledge.breaks)
    seen = text("checks", "known-breaks", concerned=concerned, count=len(case.knowledge.breaks))
    return found(*(_known(case, row, installed) for row in rows), seen=seen)


def broken_rows(case: Case, installed: dict[str, Package]) -> list[BreakRow]:
    """Rows of the breaks table that match; what concerns only torch's companions is their own check's."""
    system = case.machine.os.system.value
    return [
        row
        for row in case.knowledge.breaks
        if (not row.systems or system in row.systems)
        and not set(row.packages) <= {"torch", *COMPANIONS}
        and all(name in installed and satisfies(installed[name].version, spec) for name, spec in row.packages.items())
    ]


def _known(case: Case, row: BreakRow, installed: dict[str, Package]) -> Finding:
    fixes = [f"{name}{spec}" for name, spec in row.fix.items()]
    return finding(
        "known-break",
        summary=text("known-break", "summary", told=worded("tables", row.summary)),
        evidence=tuple(
            text("checks", "installed", name=name, version=installed[name].version) for name in row.packages
        ),
        fix=text("known-break", "fix", fixes=", ".join(fixes)) if fixes else "",
        commands=pip_command(case, *fixes) if fixes else (),
        links=(row.source,) if row.source.startswith("http") else (),
    )


@check("stack-bounds", codes=("stack-bounds-broken",))
def stack_bounds(case: Case) -> Outcome:
    installed = packages(case)
    minor = python(case).minor
    rows = [
        row
        for row in case.knowledge.stacks
        if row.package in installed and installed[row.package].version == row.version
    ]
    findings = []
    for row in rows:
        bounds = {"torch": row.torch, **row.pins}
        declared = {wanted.name for wanted in map(parse, installed[row.package].requires) if wanted}
        told: list[str] = [
            text("stack-bounds-broken", "bound", name=name, spec=spec, version=installed[name].version)
            for name, spec in bounds.items()
            if name in installed and name not in declared and spec and not satisfies(installed[name].version, spec)
        ]
        if row.python and not satisfies(minor, row.python):
            told.append(text("stack-bounds-broken", "python", python=row.python, minor=minor))
        if told:
            findings.append(_outside_stack(row.package, row.version, told, row.source))
    return found(
        *findings, seen=", ".join(f"{row.package} {row.version}" for row in rows) or text("checks", "none-in-table")
    )


def _outside_stack(package: str, version: str, told: list[str], source: str) -> Finding:
    return finding(
        "stack-bounds-broken",
        package=package,
        version=version,
        evidence=tuple(
            text("stack-bounds-broken", "needs", package=package, version=version, each=each) for each in told
        ),
        links=(source,) if source.startswith("http") else (),
    )
