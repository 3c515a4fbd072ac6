"""flash-attn: built for this torch, C++ ABI, Python and GPU."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import capability, named, on_linux, package, public, python, torch, visible_gpus
from envdoc.doctor.picks import uninstall_command
from envdoc.doctor.words import finding, found
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import ExtensionBuild
from envdoc.rules.coverage import covers

_LEAST = "8.0"  # FlashAttention 2: "Ampere GPUs or newer", README of Dao-AILab/flash-attention
_LINK = "https://github.com/Dao-AILab/flash-attention#installation-and-features"


@check("flash-attn-build", codes=("flash-attn-mismatch",))
def flash_attn_build(case: Case) -> Outcome:
    version = package(case, "flash-attn").version
    build = _build(case)
    told = _differences(case, build)
    if not told and not (build.torch or build.python or build.cuda):
        raise NotCheckedError("neither its version tag nor its files tell what it was built for")
    if not told:
        return found(seen=f"{version}, built for torch {build.torch or '?'} {build.python}")
    return found(
        finding(
            Severity.ERROR,
            "flash-attn-mismatch",
            f"flash-attn {version} was built for something else and cannot be imported here",
            evidence=told,
            fix="Install the wheel whose name fits torch, CUDA, C++ ABI and Python, or remove flash-attn: torch's "
            "own attention (sdpa) needs nothing",
            commands=uninstall_command(case, "flash-attn"),
            links=(_LINK, "https://github.com/Dao-AILab/flash-attention/releases"),
        )
    )


def _build(case: Case) -> ExtensionBuild:
    build = case.machine.target.extensions.get("flash-attn")
    if build is None:
        raise NotCheckedError("its files were not read")
    return build


def _differences(case: Case, build: ExtensionBuild) -> list[str]:
    """What it was built for against what is here, one line each."""
    have, who = torch(case), python(case)
    told = []
    parts = len(version_tuple(build.torch))
    if build.torch and version_tuple(public(have.version))[:parts] != version_tuple(build.torch):
        told.append(f"built for torch {build.torch}, installed is {have.version}")
    if build.python and build.python != f"cp{who.minor.replace('.', '')}":
        told.append(f"built for Python {build.python}, this is {who.version}")
    abi = have.cxx11_abi.value
    if on_linux(case) and build.cxx11_abi is not None and abi is not None and build.cxx11_abi != abi:
        told.append(f"built with C++11 ABI {str(build.cxx11_abi).upper()}, torch has {str(abi).upper()}")
    if build.cuda and have.cuda and not any(each.split(".")[0] == have.cuda.split(".")[0] for each in build.cuda):
        told.append(f"built for CUDA {', '.join(build.cuda)}, torch's CUDA runtime is {have.cuda}")
    return told


@check("flash-attn-gpu", codes=("flash-attn-gpu-uncovered",), gpu=True)
def flash_attn_gpu(case: Case) -> Outcome:
    version = package(case, "flash-attn").version
    build = case.machine.target.extensions.get("flash-attn")
    arches = build.arch_list if build else ()
    findings: list[Finding] = []
    for gpu in visible_gpus(case):
        has = capability(case, gpu)
        too_old = bool(has) and version_tuple(has) < version_tuple(_LEAST)
        if too_old or (has and arches and not covers(arches, has)):
            why = (
                f"FlashAttention 2 needs compute capability {_LEAST}" if too_old else f"its code: {' '.join(arches)}"
            )
            findings.append(
                finding(
                    Severity.ERROR,
                    "flash-attn-gpu-uncovered",
                    f"flash-attn {version} has no code for {named(gpu)} (compute capability {has})",
                    evidence=(why,),
                    fix="Use torch's own attention: `flash_attn: sdpa` in LLaMA-Factory",
                    commands=uninstall_command(case, "flash-attn"),
                    links=(_LINK,),
                )
            )
    if not findings and not arches:
        raise NotCheckedError("its architectures were not read")
    return found(*findings, seen=" ".join(arches))
