"""An installed flash-attn against its torch, C++ ABI, Python and GPUs, judged as the component judges wheels."""

from __future__ import annotations

from envdoc.components.flash import judge
from envdoc.components.flash.choose import FA2, choose
from envdoc.components.flash.target import Target, glibc_of
from envdoc.doctor.base import Case, NotCheckedError, Outcome
from envdoc.doctor.look import (
    capabilities,
    capability,
    env_python,
    named,
    package,
    public,
    python,
    torch,
    visible_gpus,
)
from envdoc.doctor.picks import uninstall_command
from envdoc.doctor.words import found
from envdoc.findings import finding, text
from envdoc.knowledge import flashwheels
from envdoc.knowledge.wheelnames import Built
from envdoc.model.finding import Command, Finding
from envdoc.model.machine import ExtensionBuild, Gpu
from envdoc.rules import commands
from envdoc.rules.coverage import covers


def build(case: Case) -> Outcome:
    """Whether torch, CUDA, C++ ABI and Python are those that it was built for."""
    version = package(case, FA2).version
    built = _build(case)
    told = _against(built, _target(case), case)
    if not told and not (built.torch or built.python or built.cuda):
        raise NotCheckedError("neither its version tag nor its files tell what it was built for")
    if not told:
        return found(seen=f"{version}, built for torch {built.torch or '?'} {built.python}")
    fix, lines = _remedy(case)
    return found(finding("flash-attn-mismatch", fix=fix, evidence=told, commands=lines, version=version))


def _build(case: Case) -> ExtensionBuild:
    build = case.machine.target.extensions.get(FA2)
    if build is None:
        raise NotCheckedError("its files were not read")
    return build


def _target(case: Case) -> Target:
    """The environment that is judged."""
    have, who = torch(case), python(case)
    return Target(
        system=case.machine.os.system,
        arch=case.machine.os.arch,
        python=who.minor,
        torch=public(have.version),
        cuda=have.cuda or "",
        cxx11_abi=have.cxx11_abi.value,
        gpus=capabilities(case),
        glibc=glibc_of(case.machine.os.libc.value),
        free_threaded=who.free_threaded,
    )


def _against(build: ExtensionBuild, target: Target, case: Case) -> list[str]:
    """What it was built for against what is here, as far as its files tell; one sentence each."""
    told = []
    if build.torch:
        told.append(judge.torch_reason(build.torch, None, target, flashwheels.load())[0])
    if build.cuda and target.cuda:
        told.append(judge.cuda_reason(Built(build.cuda[0], build.torch, build.cxx11_abi), target))
    if build.cxx11_abi is not None and target.cxx11_abi is not None:
        told.append(judge.abi_reason(Built("", build.torch, build.cxx11_abi), target, case.knowledge))
    if build.python:
        told.append(judge.python_reason(build.python, build.python, target))
    return [each for each in told if each]


def _remedy(case: Case) -> tuple[str, tuple[Command, ...]]:
    """The line that installs the right wheel over it; where there is none, the one that takes it away."""
    flash = flashwheels.load()
    chosen = choose(_target(case), flash, case.knowledge)
    if chosen.wheel is None:
        return "fix-none", uninstall_command(case, FA2)
    system = case.machine.os.system
    url = flash.url(chosen.wheel)
    # the right file may have the version that is installed already
    options = ("--no-deps", "--reinstall-package", FA2)
    return "fix", commands.install(env_python(case), (url,), system=system, options=options)


def gpu(case: Case) -> Outcome:
    """Whether it has code for each visible GPU."""
    version = package(case, FA2).version
    arches = _arches(case, version)
    findings = [each for card in visible_gpus(case) if (each := _uncovered(case, card, version, arches))]
    if not findings and not arches:
        raise NotCheckedError("its architectures were not read")
    return found(*findings, seen=" ".join(arches))


def _arches(case: Case, version: str) -> tuple[str, ...]:
    """What it was compiled for: as its files tell, else as the release and the toolkit of its tag do."""
    build = case.machine.target.extensions.get(FA2)
    if build is None or build.arch_list or not build.cuda:
        return build.arch_list if build else ()
    row, _ = judge.code_of(FA2, public(version), build.cuda[0], flashwheels.load())
    return row.sm if row else ()


def _uncovered(case: Case, gpu: Gpu, version: str, arches: tuple[str, ...]) -> Finding | None:
    has = capability(case, gpu)
    if not has:
        return None
    too_old = judge.floor_reasons(FA2, (has,), flashwheels.load())
    if not too_old and (not arches or covers(arches, has)):
        return None
    code = "flash-attn-gpu-uncovered"
    why = too_old or (text(code, "has", arches=" ".join(arches)),)
    fix, lines = ("fix-none", uninstall_command(case, FA2)) if too_old else _remedy(case)
    return finding(code, fix=fix, evidence=why, commands=lines, version=version, gpu=named(gpu), capability=has)
