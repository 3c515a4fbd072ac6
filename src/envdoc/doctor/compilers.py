"""Compilers: one that nvcc accepts, and a C compiler where Triton needs one."""

from __future__ import annotations

from envdoc.doctor.base import BlindError, Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import need, on_linux, on_windows, packages
from envdoc.doctor.toolkit import in_use
from envdoc.doctor.words import finding, found, passed, per_shell
from envdoc.knowledge.rows import ToolkitRow
from envdoc.model.cuda import version_tuple
from envdoc.model.facts import Why
from envdoc.model.finding import Finding, Severity

_GUIDE = "https://docs.nvidia.com/cuda/cuda-installation-guide-linux/#host-compiler-support-policy"
_BUILD_TOOLS = "https://visualstudio.microsoft.com/visual-cpp-build-tools/"


def _row(case: Case) -> ToolkitRow:
    release = in_use(case).release
    row = next((row for row in case.knowledge.toolkits if row.release == release), None)
    if row is None:
        raise NotCheckedError(f"the table has no CUDA toolkit {release or '?'}")
    return row


@check("host-compiler", "Host compiler is one nvcc accepts", codes=("host-compiler-too-new",), gpu=True)
def host_compiler(case: Case) -> Outcome:
    row = _row(case)
    tool = need(case.machine.build.host_compiler, "host compiler")
    if not tool.version:
        raise NotCheckedError(f"version of {tool.path} was not understood")
    if on_windows(case):
        have, most = msc_version(case), row.msvc_max
        if have is None or not most:
            raise NotCheckedError("the toolset's version or nvcc's limit is unknown")
        told = f"_MSC_VER {have}"
    else:
        clang = "clang" in tool.path
        have, most = version_tuple(tool.version)[0], row.clang_max if clang else row.gcc_max
        told = f"{'clang' if clang else 'gcc'} {tool.version}"
        if not most:
            raise NotCheckedError(f"the table has no limit for {told}")
    if have <= most:
        return passed(f"{told}, nvcc {row.release} accepts up to {most}")
    return found(_too_new(case, row, told, most, tool.path))


def msc_version(case: Case) -> int | None:
    """`_MSC_VER` of the newest toolset: 14.44 is 1944, 14.50 is 1950."""
    studios = case.machine.build.visual_studio.value or ()
    toolsets = [version_tuple(each.toolset) for each in studios if each.toolset]
    if not toolsets:
        return None
    major, minor = max(toolsets)[:2]
    return (major + 5) * 100 + minor


def _too_new(case: Case, row: ToolkitRow, told: str, most: int, path: str) -> Finding:
    if on_windows(case):
        commands = per_shell(cmd="vcvarsall.bat x64 -vcvars_ver=14.38")
        fix = f"Use an older toolset (up to _MSC_VER {most}), or a newer CUDA toolkit"
    else:
        commands = per_shell(bash=f"sudo apt-get install g++-{most} && export CUDAHOSTCXX=/usr/bin/g++-{most}")
        fix = f"Let nvcc use g++-{most}, or use a newer CUDA toolkit"
    return finding(
        Severity.WARNING,
        "host-compiler-too-new",
        f"{told} is newer than nvcc {row.release} accepts (up to {most}); building an extension will stop",
        evidence=(f"host compiler: {path}", f"nvcc: {in_use(case).nvcc}"),
        fix=fix,
        commands=commands,
        links=(_GUIDE,),
    )


@check("triton-compiler", "A C compiler for Triton", codes=("triton-no-compiler",), applies=on_linux, gpu=True)
def triton_compiler(case: Case) -> Outcome:
    if "triton" not in packages(case):
        raise NotCheckedError("triton is not installed")
    tools = case.machine.build.tools
    there = {name: tools[name] for name in ("gcc", "cc", "clang") if name in tools}
    for name, fact in there.items():
        if fact.value is not None:
            return passed(f"{name} {fact.value.version}")
    if not there or any(fact.why is not Why.ABSENT for fact in there.values()):
        raise NotCheckedError("; ".join(f"{name}: {fact.reason()}" for name, fact in there.items()) or "compilers")
    return found(
        finding(
            Severity.WARNING,
            "triton-no-compiler",
            "No C compiler: Triton compiles a small stub at its first kernel and will fail",
            evidence=tuple(f"{name}: {fact.reason()}" for name, fact in there.items()),
            fix="Install a C compiler",
            commands=per_shell(bash="sudo apt-get install build-essential"),
            links=("https://github.com/triton-lang/triton",),
        )
    )


@check("visual-studio", "Visual Studio's C++ tools", codes=("msvc-missing",), applies=on_windows, gpu=True)
def visual_studio(case: Case) -> Outcome:
    fact = case.machine.build.visual_studio
    if fact.why is not None and fact.why is not Why.ABSENT:
        raise BlindError(f"Visual Studio: {fact.reason()}")
    fitting = [each for each in (fact.value or ()) if each.toolset]
    if fitting:
        return passed(f"{fitting[0].product}, toolset {fitting[0].toolset}")
    there = [each.product for each in (fact.value or ())]
    return found(
        finding(
            Severity.INFO,
            "msvc-missing",
            "No C++ compiler (MSVC) is installed; only source builds need one",
            evidence=[f"{each}: without the C++ workload" for each in there] or ["Visual Studio: absent"],
            fix='Install "Desktop development with C++" when a package must be built',
            commands=per_shell(
                powershell="winget install Microsoft.VisualStudio.2022.BuildTools --override "
                '"--passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"'
            ),
            links=(_BUILD_TOOLS,),
        )
    )
