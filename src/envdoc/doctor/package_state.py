"""Each distribution for itself: there once, whole, and for this Python."""

from __future__ import annotations

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import need, packages, python
from envdoc.doctor.packages import STACK
from envdoc.doctor.picks import pip_command, uninstall_command
from envdoc.doctor.words import finding, found, passed
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Leftover, Package
from envdoc.rules import installed, quoting
from envdoc.rules.requirements import satisfies


@check("package-python", "Packages are for this Python", codes=("package-python-mismatch",))
def package_python(case: Case) -> Outcome:
    version = python(case).version
    wrong = [p for p in packages(case).values() if p.requires_python and not satisfies(version, p.requires_python)]
    if not wrong:
        return passed(f"Python {version}")
    told = tuple(f"{p.name} {p.version} requires Python {p.requires_python}" for p in wrong)
    severity = Severity.ERROR if any(p.name in STACK for p in wrong) else Severity.WARNING
    return found(
        finding(
            severity,
            "package-python-mismatch",
            f"{len(wrong)} packages are not for Python {version}: the environment was copied, or its Python replaced",
            evidence=told[:6],
            fix="Make the environment anew",
        )
    )


@check("package-copies", "Each package is there once", codes=("duplicate-distribution",))
def package_copies(case: Case) -> Outcome:
    every = need(case.machine.target.packages, "the environment's packages")
    findings = [_duplicate(case, name, copies) for name, copies in installed.copies(every).items()]
    return found(*findings, seen=f"{len(every)} distributions")


def _duplicate(case: Case, name: str, copies: tuple[Package, ...]) -> Finding:
    versions = " and ".join(copy.version for copy in copies)
    return finding(
        Severity.ERROR if name in STACK else Severity.WARNING,
        "duplicate-distribution",
        f"{name} is installed {len(copies)} times: {versions}; which one is imported is chance",
        evidence=tuple(f"{copy.version}: {copy.folder}" for copy in copies),
        fix="Remove it until none is left, then install it once",
        commands=(
            *uninstall_command(case, name),
            *uninstall_command(case, name),
            *pip_command(case, f"{name}=={copies[-1].version}"),
        ),
    )


@check("package-leftovers", "No half-removed packages", codes=("half-removed-distribution",))
def package_leftovers(case: Case) -> Outcome:
    leftovers = case.machine.target.leftovers
    whole = packages(case)
    return found(*(_leftover(case, each) for each in leftovers), seen=f"{len(whole)} whole")


def _leftover(case: Case, left: Leftover) -> Finding:
    kinds = {
        "tilde": "an upgrade was cut off and left a renamed folder",
        "no-record": "its list of files (RECORD) is missing, so nothing can remove or upgrade it",
        "no-files": "its metadata is there, its files are not",
    }
    tilde = left.kind == "tilde"
    remove = quoting.remove_folder(left.path, case.machine.os.system)
    return finding(
        Severity.WARNING if tilde else Severity.ERROR,
        "half-removed-distribution",
        f"{left.name} is half removed: {kinds.get(left.kind, left.kind)}",
        evidence=(left.path,),
        fix="Delete the leftover folder" if tilde else f"Install {left.name} again",
        commands=remove if tilde else pip_command(case, left.name, options=("--reinstall", "--no-deps")),
    )
