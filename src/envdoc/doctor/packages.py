"""Installed distributions among each other: bounds, duplicates, leftovers, known breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.companions import NAMES as COMPANIONS
from envdoc.doctor.look import need, packages, python
from envdoc.doctor.picks import pip_command, uninstall_command
from envdoc.doctor.requirements import Wanted, holds, marker_environment, parse, satisfies
from envdoc.doctor.words import finding, found, passed, per_shell, quote
from envdoc.knowledge.rows import BreakRow
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Leftover, Package

# What training stands on. A broken bound in or on these is an error; between two others only a warning.
STACK = (
    "torch", "torchvision", "torchaudio", "transformers", "tokenizers", "accelerate", "datasets", "peft", "trl",
    "llamafactory", "deepspeed", "bitsandbytes", "flash-attn", "liger-kernel", "xformers", "unsloth",
    "huggingface-hub", "safetensors", "numpy",
)  # fmt: skip


@check("package-bounds", "Packages keep each other's bounds", codes=("dependency-conflict", "dependency-missing"))
def package_bounds(case: Case) -> Outcome:
    installed = packages(case)
    who = python(case)
    environment = marker_environment(case.machine, who.version, who.implementation)
    memory: dict[str, bool] = {}
    named = [set(row.packages) for row in _broken_rows(case, installed)]  # known-breaks names those, with the cause
    findings = [
        each
        for package in installed.values()
        for wanted, each in _broken(case, package, installed, environment, memory)
        if not any({package.name, wanted} <= pair for pair in named)
    ]
    return found(*findings, seen=f"{len(installed)} packages")


def _broken(
    case: Case, package: Package, installed: dict[str, Package], environment: dict[str, str], memory: dict[str, bool]
) -> Iterator[tuple[str, Finding]]:
    """What one package requires and does not find, with the name of the required one."""
    for line in package.requires:
        wanted = parse(line)
        if wanted is None:
            continue
        have = installed.get(wanted.name)
        pair = {package.name, wanted.name}
        if have is not None and "torch" in pair and pair <= {"torch", *COMPANIONS}:
            continue  # the companions' check names those
        if have is not None and (not wanted.versions or satisfies(have.version, wanted.versions)):
            continue
        if wanted.marker not in memory:
            memory[wanted.marker] = holds(wanted.marker, environment)
        if not memory[wanted.marker]:
            continue
        yield (
            wanted.name,
            _missing(case, package, wanted) if have is None else _conflict(case, package, wanted, have),
        )


def _severity(package: Package, wanted: Wanted) -> Severity:
    return Severity.ERROR if package.name in STACK or wanted.name in STACK else Severity.WARNING


def _conflict(case: Case, package: Package, wanted: Wanted, have: Package) -> Finding:
    return finding(
        _severity(package, wanted),
        "dependency-conflict",
        f"{package.name} {package.version} requires {wanted.name}{wanted.versions}, installed is {have.version}",
        evidence=(f"{package.name}: {wanted.name}{wanted.versions}", f"installed: {have.name} {have.version}"),
        fix=f"Install a {wanted.name} within the bounds, or another {package.name}",
        commands=pip_command(case, f"{wanted.name}{wanted.versions}"),
    )


def _missing(case: Case, package: Package, wanted: Wanted) -> Finding:
    return finding(
        _severity(package, wanted),
        "dependency-missing",
        f"{package.name} {package.version} requires {wanted.name}{wanted.versions}, which is not installed",
        evidence=(f"{package.name}: {wanted.name}{wanted.versions}",),
        fix=f"Install {wanted.name}",
        commands=pip_command(case, f"{wanted.name}{wanted.versions}"),
    )


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
    counts = Counter(package.name for package in every)
    twice = [name for name, count in counts.items() if count > 1]
    findings = [_duplicate(case, name, [p for p in every if p.name == name]) for name in twice]
    return found(*findings, seen=f"{len(every)} distributions")


def _duplicate(case: Case, name: str, copies: list[Package]) -> Finding:
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
    installed = packages(case)
    return found(*(_leftover(case, each) for each in leftovers), seen=f"{len(installed)} whole")


def _leftover(case: Case, left: Leftover) -> Finding:
    kinds = {
        "tilde": "an upgrade was cut off and left a renamed folder",
        "no-record": "its list of files (RECORD) is missing, so nothing can remove or upgrade it",
        "no-files": "its metadata is there, its files are not",
    }
    tilde = left.kind == "tilde"
    remove = per_shell(
        bash=f"rm -r {quote(left.path)}",
        cmd=f"rmdir /s /q {quote(left.path)}",
        powershell=f"rm -r -fo {quote(left.path)}",
    )
    return finding(
        Severity.WARNING if tilde else Severity.ERROR,
        "half-removed-distribution",
        f"{left.name} is half removed: {kinds.get(left.kind, left.kind)}",
        evidence=(left.path,),
        fix="Delete the leftover folder" if tilde else f"Install {left.name} again",
        commands=remove if tilde else pip_command(case, left.name, options="--reinstall --no-deps"),
    )


@check("known-breaks", "No known bad combinations", codes=("known-break",))
def known_breaks(case: Case) -> Outcome:
    installed = packages(case)
    rows = _broken_rows(case, installed)
    return found(*(_known(case, row, installed) for row in rows), seen=f"{len(case.knowledge.breaks)} looked for")


def _broken_rows(case: Case, installed: dict[str, Package]) -> list[BreakRow]:
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
        Severity.ERROR,
        "known-break",
        row.summary,
        evidence=tuple(f"installed: {name} {installed[name].version}" for name in row.packages),
        fix=f"Install {', '.join(fixes)}" if fixes else "",
        commands=pip_command(case, *fixes) if fixes else (),
        links=(row.source,) if row.source.startswith("http") else (),
    )


@check("stack-bounds", "Training packages' run-time bounds", codes=("stack-bounds-broken",))
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
        told = [
            f"{name}{spec}, installed is {installed[name].version}"
            for name, spec in bounds.items()
            if name in installed and name not in declared and spec and not satisfies(installed[name].version, spec)
        ]
        if row.python and not satisfies(minor, row.python):
            told.append(f"Python {row.python}, this is {minor}")
        if told:
            findings.append(_outside_stack(row.package, row.version, told, row.source))
    return found(*findings, seen=", ".join(f"{row.package} {row.version}" for row in rows) or "none in the table")


def _outside_stack(package: str, version: str, told: list[str], source: str) -> Finding:
    return finding(
        Severity.ERROR,
        "stack-bounds-broken",
        f"{package} {version} does not work with what is installed beside it",
        evidence=tuple(f"{package} {version} needs {each}" for each in told),
        fix=f"Install what {package} {version} needs, or a profile that holds it together",
        links=(source,) if source.startswith("http") else (),
    )
