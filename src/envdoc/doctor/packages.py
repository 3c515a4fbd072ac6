"""Installed distributions among each other: what each requires of the others."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.companions import NAMES as COMPANIONS
from envdoc.doctor.known_breaks import broken_rows
from envdoc.doctor.look import packages, python
from envdoc.doctor.picks import pip_command
from envdoc.doctor.words import found
from envdoc.findings import finding, text
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Package
from envdoc.rules.requirements import Wanted, holds, marker_environment, parse, satisfies

# What training stands on. A broken bound in or on these is an error; between two others only a warning.
STACK = (
    "torch", "torchvision", "torchaudio", "transformers", "tokenizers", "accelerate", "datasets", "peft", "trl",
    "llamafactory", "deepspeed", "bitsandbytes", "flash-attn", "liger-kernel", "xformers", "unsloth",
    "huggingface-hub", "safetensors", "numpy",
)  # fmt: skip


@check("package-bounds", codes=("dependency-conflict", "dependency-missing"), beyond_listings=True)
def package_bounds(case: Case) -> Outcome:
    installed = packages(case)
    who = python(case)
    environment = marker_environment(case.machine, who.version, who.implementation)
    memory: dict[str, bool] = {}
    named = [set(row.packages) for row in broken_rows(case, installed)]  # known-breaks names those, with the cause
    findings = [
        each
        for package in installed.values()
        for wanted, each in _broken(case, package, installed, environment, memory)
        if not any({package.name, wanted} <= pair for pair in named)
    ]
    return found(*findings, seen=text("checks", "packages", count=len(installed)))


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
        "dependency-conflict",
        severity=_severity(package, wanted),
        package=package.name,
        version=package.version,
        needs=wanted.name,
        versions=wanted.versions,
        have=have.version,
        evidence=(
            f"{package.name}: {wanted.name}{wanted.versions}",
            text("checks", "installed", name=have.name, version=have.version),
        ),
        commands=pip_command(case, f"{wanted.name}{wanted.versions}"),
    )


def _missing(case: Case, package: Package, wanted: Wanted) -> Finding:
    return finding(
        "dependency-missing",
        severity=_severity(package, wanted),
        package=package.name,
        version=package.version,
        needs=wanted.name,
        versions=wanted.versions,
        evidence=(f"{package.name}: {wanted.name}{wanted.versions}",),
        commands=pip_command(case, f"{wanted.name}{wanted.versions}"),
    )
