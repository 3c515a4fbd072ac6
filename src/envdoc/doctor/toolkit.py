"""CUDA toolkits: what a source build would take, and whether that fits torch and the GPU."""

from __future__ import annotations

import posixpath
import re

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import capabilities, need, on_windows, torch
from envdoc.doctor.words import finding, found, passed, set_variable, shown
from envdoc.model.cuda import version_tuple
from envdoc.model.facts import Why
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.machine import Toolkit

_ARCHIVE = "https://developer.nvidia.com/cuda-toolkit-archive"
_GUESS = "https://github.com/pytorch/pytorch/blob/main/torch/utils/cpp_extension.py"
# A folder that is named as a toolkit is (`/usr/local/cuda`, `cuda-13.0`, `v12.8`), maybe through a link.
_NAMED = re.compile(r"^(cuda([-_.]?[\d.]+)?|v\d+\.\d+)$", re.IGNORECASE)


def toolkits(case: Case) -> tuple[Toolkit, ...]:
    """All toolkits, the newest first; the end of the check where there are none."""
    fact = case.machine.toolkits.found
    if fact.value == () or fact.why is Why.ABSENT:
        raise NotCheckedError("no CUDA toolkit is installed; only source builds need one")
    every: tuple[Toolkit, ...] = need(fact, "CUDA toolkits")
    return tuple(sorted(every, key=lambda each: version_tuple(each.version), reverse=True))


def in_use(case: Case) -> Toolkit:
    """The toolkit that a build would take: CUDA_HOME's, then the one on PATH, then the newest."""
    every = toolkits(case)
    for way in ("CUDA_HOME", "CUDA_PATH", "PATH"):
        for each in every:
            if way in each.found:
                return each
    return every[0]


def use(case: Case, toolkit: Toolkit) -> tuple[Command, ...]:
    """Set CUDA_HOME to a toolkit's true place."""
    return set_variable("CUDA_HOME", toolkit.root, windows=on_windows(case))


@check("cuda-home", "CUDA toolkit's place", codes=("cuda-home-missing", "cuda-home-guessed"), gpu=True)
def cuda_home(case: Case) -> Outcome:
    gone = _points_nowhere(case)
    if gone:
        return found(gone)
    every = toolkits(case)
    guess = case.machine.toolkits.torch_guess
    if guess.value is None:
        raise NotCheckedError(f"what torch would take: {guess.reason()}")
    if _is_toolkit(guess.value, every):
        return passed(", ".join(f"{each.version or '?'} at {each.root}" for each in every))
    return found(_guessed(case, guess.value, guess.source))


def _points_nowhere(case: Case) -> Finding | None:
    """CUDA_HOME or CUDA_PATH set, and no toolkit there."""
    name = next((each for each in ("CUDA_HOME", "CUDA_PATH") if case.machine.env.get(each)), "")
    fact = case.machine.toolkits.found
    if not name or (fact.value is None and fact.why is not Why.ABSENT):
        return None
    value, every = case.machine.env[name], (fact.value or ())
    if any(name in each.found for each in every) or _is_root(value, every):
        return None
    newest = max(every, key=lambda each: version_tuple(each.version), default=None)
    return finding(
        Severity.WARNING,
        "cuda-home-missing",
        f"{name} points to {value!r}, where there is no CUDA toolkit",
        evidence=(shown(name, value), f"a toolkit is at {newest.root}" if newest else "no toolkit was found"),
        fix="Let it name the toolkit's folder, the one that holds `bin/nvcc`, or remove it",
        commands=use(case, newest) if newest else (),
        links=(_GUESS,),
    )


def _is_root(path: str, every: tuple[Toolkit, ...]) -> bool:
    return any(_same(path, each.root) for each in every)


def _same(one: str, two: str) -> bool:
    return one.replace("\\", "/").rstrip("/").lower() == two.replace("\\", "/").rstrip("/").lower()


def _is_toolkit(guess: str, every: tuple[Toolkit, ...]) -> bool:
    """Whether a folder that torch would take is one of the toolkits, maybe through a link named as one."""
    return _is_root(guess, every) or bool(_NAMED.match(posixpath.basename(guess.replace("\\", "/").rstrip("/"))))


def _guessed(case: Case, guess: str, source: str) -> Finding:
    right = in_use(case)
    return finding(
        Severity.WARNING,
        "cuda-home-guessed",
        f"torch would take {guess!r} for CUDA_HOME, but CUDA toolkit {right.release} is at {right.root}",
        evidence=(
            f"torch's guess: {guess} (by {source})",
            f"CUDA toolkit version: {right.version} at {right.root}",
            f"nvcc: {right.nvcc}, found by {', '.join(right.found)}",
        ),
        fix="Name the toolkit's true place before you build an extension",
        commands=use(case, right),
        links=(_GUESS,),
    )


@check("toolkit-runtime", "CUDA toolkit fits torch", codes=("toolkit-runtime-mismatch",), gpu=True)
def toolkit_runtime(case: Case) -> Outcome:
    toolkit, build = in_use(case), torch(case)
    if build.cuda is None:
        raise NotCheckedError("torch is a CPU build")
    if not toolkit.version:
        raise NotCheckedError(f"version of {toolkit.nvcc} was not understood")
    if toolkit.version.split(".")[0] == build.cuda.split(".")[0]:
        return passed(f"toolkit {toolkit.release}, runtime {build.cuda}")
    fitting = [each for each in toolkits(case) if each.version.split(".")[0] == build.cuda.split(".")[0]]
    return found(
        finding(
            Severity.WARNING,
            "toolkit-runtime-mismatch",
            f"CUDA toolkit {toolkit.release} and torch's CUDA runtime {build.cuda} are of different majors",
            evidence=(f"toolkit: {toolkit.root}", f"torch {build.version}"),
            fix="Training with wheels is not touched. To build an extension, "
            + (f"use the toolkit at {fitting[0].root}" if fitting else f"install CUDA toolkit {build.cuda}"),
            commands=use(case, fitting[0]) if fitting else (),
            links=(_ARCHIVE,),
        )
    )


@check("nvcc-gpu", "nvcc knows the GPU", codes=("nvcc-gpu-unknown",), gpu=True)
def nvcc_gpu(case: Case) -> Outcome:
    toolkit, wanted = in_use(case), capabilities(case)
    if not wanted:
        raise NotCheckedError("no visible GPU with a known compute capability")
    rows = {row.release: row.targets for row in case.knowledge.toolkits}
    if toolkit.release not in rows:
        raise NotCheckedError(f"the table has no CUDA toolkit {toolkit.release or '?'}")
    lacking = [each for each in wanted if each not in rows[toolkit.release]]
    if not lacking:
        return passed(f"nvcc {toolkit.release} compiles for {', '.join(wanted)}")
    fitting = [release for release, targets in rows.items() if all(each in targets for each in wanted)]
    least = min(fitting, key=version_tuple, default="")
    own = next((each for each in toolkits(case) if each.release in fitting), None)
    return found(
        finding(
            Severity.WARNING,
            "nvcc-gpu-unknown",
            f"nvcc {toolkit.release} cannot compile for compute capability {', '.join(lacking)}",
            evidence=(f"nvcc: {toolkit.nvcc}", f"it compiles for {', '.join(rows[toolkit.release])}"),
            fix=f"Use CUDA toolkit {least} or a later one that still knows the GPU"
            if least
            else "No toolkit knows all",
            commands=use(case, own) if own else (),
            links=(_ARCHIVE,),
        )
    )
