"""Each distribution for itself: there once, whole, and for this Python."""

from __future__ import annotations

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import need, packages, python
from envdoc.doctor.packages import STACK
from envdoc.doctor.picks import pip_command, uninstall_command
from envdoc.doctor.words import found, passed
from envdoc.findings import finding, text
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Leftover, Package
from envdoc.model.text import joined
from envdoc.rules import installed, quoting
from envdoc.rules.requirements import satisfies


@check("package-python", codes=("package-python-mismatch",), beyond_listings=True)
def package_python(case: Case) -> Outcome:
    version = python(case).version
    wrong = [p for p in packages(case).values() if p.requires_python and not satisfies(version, p.requires_python)]
    if not wrong:
        return passed(f"Python {version}")
    told = tuple(
        text(
            "package-python-mismatch",
            "requires",
            package=p.name,
            version=p.version,
            requires_python=p.requires_python,
        )
        for p in wrong
    )
    severity = Severity.ERROR if any(p.name in STACK for p in wrong) else Severity.WARNING
    return found(
        finding(
            "package-python-mismatch",
            severity=severity,
            count=len(wrong),
            version=version,
            evidence=told[:6],
        )
    )


@check("package-copies", codes=("duplicate-distribution",), beyond_listings=True)
def package_copies(case: Case) -> Outcome:
    every = need(case.machine.target.packages, "what-packages")
    findings = [_duplicate(case, name, copies) for name, copies in installed.copies(every).items()]
    return found(*findings, seen=text("checks", "distributions", count=len(every)))


def _duplicate(case: Case, name: str, copies: tuple[Package, ...]) -> Finding:
    versions = text("checks", "and", first=joined([c.version for c in copies[:-1]], " and "), last=copies[-1].version)
    return finding(
        "duplicate-distribution",
        severity=Severity.ERROR if name in STACK else Severity.WARNING,
        name=name,
        count=len(copies),
        versions=versions,
        evidence=tuple(f"{copy.version}: {copy.folder}" for copy in copies),
        commands=(
            *uninstall_command(case, name),
            *uninstall_command(case, name),
            *pip_command(case, f"{name}=={copies[-1].version}"),
        ),
    )


@check("package-leftovers", codes=("half-removed-distribution",), beyond_listings=True)
def package_leftovers(case: Case) -> Outcome:
    leftovers = case.machine.target.leftovers
    whole = packages(case)
    return found(*(_leftover(case, each) for each in leftovers), seen=text("checks", "whole", count=len(whole)))


def _leftover(case: Case, left: Leftover) -> Finding:
    tilde = left.kind == "tilde"
    remove = quoting.remove_folder(left.path, case.machine.os.system)
    return finding(
        "half-removed-distribution",
        summary=text(
            "half-removed-distribution", "summary", name=left.name, how=text("half-removed-distribution", left.kind)
        ),
        severity=Severity.WARNING if tilde else Severity.ERROR,
        evidence=(left.path,),
        fix=text("half-removed-distribution", "fix-tilde" if tilde else "fix", name=left.name),
        commands=remove if tilde else pip_command(case, left.name, options=("--reinstall", "--no-deps")),
    )
