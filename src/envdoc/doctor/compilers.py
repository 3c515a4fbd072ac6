"""Compilers: one that nvcc accepts, and a C compiler where Triton needs one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envdoc.doctor.base import BlindError, Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import need, on_linux, on_windows, packages
from envdoc.doctor.toolkit import in_use
from envdoc.doctor.words import found, passed, per_shell
from envdoc.findings import finding, text
from envdoc.knowledge.rows import ToolkitRow
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Finding
from envdoc.model.machine import Tool
from envdoc.model.text import joined
from envdoc.rules import builder

_BUILD_TOOLS = "https://visualstudio.microsoft.com/visual-cpp-build-tools/"


def _row(case: Case) -> ToolkitRow:
    release = in_use(case).release
    row = builder.row_of(release, case.knowledge)
    if row is None:
        raise NotCheckedError(text("checks", "no-toolkit-row2", release=release or "?"))
    return row


@check("host-compiler", codes=("host-compiler-too-new",), gpu=True)
def host_compiler(case: Case) -> Outcome:
    row = _row(case)
    tool = need(case.machine.build.host_compiler, "what-host-compiler")
    if not tool.version:
        raise NotCheckedError(text("checks", "path-version-not-understood", path=tool.path))
    used = builder.compiler(builder.of_machine(case.machine), row)
    if used is None or (on_windows(case) and not used.most):
        raise NotCheckedError(text("checks", "msvc-unknown"))
    if not used.most:
        raise NotCheckedError(text("checks", "no-limit", told=used.told))
    if not used.too_new:
        return passed(text("checks", "compiler-accepted", told=used.told, nvcc=row.release, most=used.most))
    return found(_too_new(case, row, used.told, used.most, tool.path))


def _too_new(case: Case, row: ToolkitRow, told: str, most: int, path: str) -> Finding:
    if on_windows(case):
        commands = per_shell(cmd="vcvarsall.bat x64 -vcvars_ver=14.38")
        fix = text("host-compiler-too-new", "fix-windows", most=most)
    else:
        commands = per_shell(bash=f"sudo apt-get install g++-{most} && export CUDAHOSTCXX=/usr/bin/g++-{most}")
        fix = text("host-compiler-too-new", "fix", most=most)
    return finding(
        "host-compiler-too-new",
        told=told,
        nvcc=row.release,
        most=most,
        evidence=(text("host-compiler-too-new", "compiler", path=path), f"nvcc: {in_use(case).nvcc}"),
        fix=fix,
        commands=commands,
    )


@check("triton-compiler", codes=("triton-no-compiler",), applies=on_linux, gpu=True)
def triton_compiler(case: Case) -> Outcome:
    if "triton" not in packages(case):
        raise NotCheckedError(text("checks", "no-triton"))
    tools = case.machine.build.tools
    there = {name: tools[name] for name in ("gcc", "cc", "clang") if name in tools}
    for name, fact in there.items():
        if fact.value is not None:
            return passed(f"{name} {fact.value.version}")
    if not there or any(fact.why is not Why.ABSENT for fact in there.values()):
        raise NotCheckedError(joined(_reasons(there), "; ") or text("checks", "compilers"))
    return found(
        finding(
            "triton-no-compiler",
            evidence=tuple(_reasons(there)),
            commands=per_shell(bash="sudo apt-get install build-essential"),
        )
    )


def _reasons(tools: Mapping[Any, Fact[Tool]]) -> list[str]:
    return [text("checks", "named", name=name, told=fact.reason()) for name, fact in tools.items()]


@check("visual-studio", codes=("msvc-missing",), applies=on_windows, gpu=True)
def visual_studio(case: Case) -> Outcome:
    fact = case.machine.build.visual_studio
    if fact.why is not None and fact.why is not Why.ABSENT:
        raise BlindError(text("checks", "named", name="Visual Studio", told=fact.reason()))
    fitting = [each for each in (fact.value or ()) if each.toolset]
    if fitting:
        return passed(text("checks", "studio", product=fitting[0].product, toolset=fitting[0].toolset))
    there = [each.product for each in (fact.value or ())]
    return found(
        finding(
            "msvc-missing",
            evidence=[text("msvc-missing", "without", each=each) for each in there]
            or [text("msvc-missing", "absent")],
            commands=per_shell(
                powershell="winget install Microsoft.VisualStudio.2022.BuildTools --override "
                '"--passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"'
            ),
        )
    )
