"""Published advice that was followed here and is wrong for this machine."""

from __future__ import annotations

import re

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import capabilities, need, untold
from envdoc.doctor.words import found, shown
from envdoc.findings import finding, text, worded
from envdoc.knowledge.rows import AdviceRow
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Finding
from envdoc.rules.requirements import satisfies

# These have a check of their own, which looks closer.
_ELSEWHERE = ("bitsandbytes-windows", "bitsandbytes-cuda", "bnb-cuda-version", "kmp-duplicate-lib")


@check("advice", codes=("advice-wrong",))
def advice(case: Case) -> Outcome:
    rows = [row for row in case.knowledge.advice if row.id not in _ELSEWHERE and (row.packages or row.env)]
    findings = []
    for row in rows:
        traces = _traces(case, row)
        if traces and _concerns(case, row):
            findings.append(_wrong(row, traces))
    if not findings:
        need(case.machine.target.packages, "what-packages")  # half of the traces are there
        if untold(case.machine.target.torch):  # its variant is a trace
            need(case.machine.target.torch, "what-torch")
    return found(*findings, seen=text("checks", "no-advice", count=len(rows)))


def _traces(case: Case, row: AdviceRow) -> list[str]:
    """What shows that it was followed: all its packages, and one of its variables, as far as it names any."""
    installed = {package.name: package.version for package in (case.machine.target.packages.value or ())}
    if "torch" in installed and case.machine.target.torch.value is not None:
        installed["torch"] = case.machine.target.torch.value.version
    if not all(name in installed and _in(installed[name], spec) for name, spec in row.packages.items()):
        return []
    told = [text("checks", "name-installed", name=name, installed=installed[name]) for name in row.packages]
    env = case.machine.env
    set_here = [name for name, pattern in row.env.items() if name in env and re.fullmatch(pattern, env[name].strip())]
    if row.env and not set_here:
        return []
    return told + [shown(name, env[name]) for name in set_here]


def _in(version: str, spec: str) -> bool:
    """`==*+cu126` asks for a local tag alone, which PEP 440 cannot say."""
    return version.partition("+")[2] == spec[4:] if spec.startswith("==*+") else satisfies(version, spec)


def _concerns(case: Case, row: AdviceRow) -> bool:
    """Whether this system and a visible GPU are those that it is wrong for."""
    if row.systems and case.machine.os.system.value not in row.systems:
        return False
    if not row.capability_min and not row.capability_max:
        return True
    low, high = version_tuple(row.capability_min or "0"), version_tuple(row.capability_max or "99")
    return any(low <= version_tuple(each) <= high for each in capabilities(case))


def _wrong(row: AdviceRow, traces: list[str]) -> Finding:
    return finding(
        "advice-wrong",
        advice=worded("tables", row.advice),
        truth=worded("tables", row.truth),
        evidence=traces,
        fix=text("advice-wrong", "fix", told=worded("tables", row.fix)),
        links=(row.source,) if row.source.startswith("http") else (),
    )
