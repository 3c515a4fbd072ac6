"""NVIDIA's runtime wheels (nvidia-*): of torch's CUDA major, and of one."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import on_linux, packages, torch
from envdoc.doctor.picks import pip_command, uninstall_command
from envdoc.doctor.words import found
from envdoc.findings import finding, text
from envdoc.model.finding import Finding
from envdoc.model.machine import Package
from envdoc.model.patterns import pattern
from envdoc.rules.requirements import parse

_SUFFIX = pattern(r"^(nvidia-.+)-cu(\d{2})$")


@check(
    "runtime-wheels",
    codes=("mixed-cuda-wheels", "foreign-cuda-wheels"),
    applies=on_linux,
)
def runtime_wheels(case: Case) -> Outcome:
    build, installed = torch(case), packages(case)
    if build.cuda is None:
        raise NotCheckedError(text("checks", "torch-is-cpu"))
    major = build.cuda.split(".")[0]
    strangers = [(name, match[1]) for name in installed if (match := _SUFFIX.match(name)) and match[2] != major]
    wanted = _asked_for(installed)
    clashing = [name for name, base in strangers if f"{base}-cu{major}" in installed]
    alone = [name for name, _ in strangers if name not in clashing and name not in wanted]
    findings = []
    if clashing:
        findings.append(_clash(case, clashing, major, installed))
    if alone:
        findings.append(_foreign(case, alone, major))
    own = sum(1 for name in installed if name.startswith("nvidia-"))
    return found(*findings, seen=text("checks", "wheels", own=own, major=major))


def _asked_for(installed: dict[str, Package]) -> set[str]:
    """Runtime wheels that some installed package requires (cupy, tensorflow): not leftovers."""
    every = (parse(line) for package in installed.values() for line in package.requires if line.startswith("nvidia"))
    return {wanted.name for wanted in every if wanted is not None}


def _clash(case: Case, clashing: list[str], major: str, installed: dict[str, Package]) -> Finding:
    own = [f"{match[1]}-cu{major}" for name in clashing if (match := _SUFFIX.match(name))]
    again = [f"{name}=={installed[name].version}" for name in own]
    return finding(
        "mixed-cuda-wheels",
        clashing=", ".join(clashing),
        major=major,
        evidence=tuple(f"{name} {installed[name].version}" for name in (*clashing, *own)),
        commands=(
            *uninstall_command(case, *clashing),
            *pip_command(case, *again, options=("--reinstall", "--no-deps")),
        ),
    )


def _foreign(case: Case, alone: list[str], major: str) -> Finding:
    return finding(
        "foreign-cuda-wheels",
        count=len(alone),
        major=major,
        evidence=tuple(alone[:6]),
        commands=uninstall_command(case, *alone),
    )
