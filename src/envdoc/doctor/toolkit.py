"""CUDA toolkits: what a source build would take, and whether that fits torch and the GPU."""

from __future__ import annotations

import posixpath
import re

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import capabilities, need, on_windows, torch
from envdoc.doctor.words import found, passed, set_variable, shown
from envdoc.findings import finding, text
from envdoc.model.cuda import version_tuple
from envdoc.model.facts import Why
from envdoc.model.finding import Command, Finding
from envdoc.model.machine import Toolkit
from envdoc.model.patterns import pattern
from envdoc.model.text import joined
from envdoc.rules import builder

_GUESS = "https://github.com/pytorch/pytorch/blob/main/torch/utils/cpp_extension.py"
_NAMED = pattern(r"^(cuda([-_.]?[\d.]+)?|v\d+\.\d+)$", re.IGNORECASE)


def toolkits(case: Case) -> tuple[Toolkit, ...]:
    """All toolkits, the newest first; the end of the check where there are none."""
    fact = case.machine.toolkits.found
    if fact.value == () or fact.why is Why.ABSENT:
        raise NotCheckedError(text("checks", "no-toolkit"))
    every: tuple[Toolkit, ...] = need(fact, "what-toolkits")
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


@check("cuda-home", codes=("cuda-home-missing", "cuda-home-guessed"), gpu=True, beyond_listings=True)
def cuda_home(case: Case) -> Outcome:
    gone = _points_nowhere(case)
    if gone:
        return found(gone)
    every = toolkits(case)
    guess = case.machine.toolkits.torch_guess
    if guess.value is None:
        raise NotCheckedError(text("checks", "guess-why", why=guess.reason()))
    if _is_toolkit(guess.value, every):
        return passed(joined(text("checks", "at", name=each.version or "?", place=each.root) for each in every))
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
        "cuda-home-missing",
        name=name,
        value=repr(value),
        evidence=(
            shown(name, value),
            text("cuda-home-missing", "there", root=newest.root) if newest else text("cuda-home-missing", "none"),
        ),
        commands=use(case, newest) if newest else (),
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
        "cuda-home-guessed",
        guess=repr(guess),
        release=right.release,
        root=right.root,
        evidence=(
            text("cuda-home-guessed", "guess", guess=guess, source=source),
            text("cuda-home-guessed", "toolkit", version=right.version, root=right.root),
            text("cuda-home-guessed", "nvcc", nvcc=right.nvcc, found=", ".join(right.found)),
        ),
        commands=use(case, right),
    )


@check("toolkit-runtime", codes=("toolkit-runtime-mismatch",), gpu=True)
def toolkit_runtime(case: Case) -> Outcome:
    toolkit, build = in_use(case), torch(case)
    if build.cuda is None:
        raise NotCheckedError(text("checks", "torch-is-cpu"))
    if not toolkit.version:
        raise NotCheckedError(text("checks", "version-not-understood", nvcc=toolkit.nvcc))
    if toolkit.version.split(".")[0] == build.cuda.split(".")[0]:
        return passed(text("checks", "toolkit-runtime", toolkit=toolkit.release, cuda=build.cuda))
    fitting = [each for each in toolkits(case) if each.version.split(".")[0] == build.cuda.split(".")[0]]
    return found(
        finding(
            "toolkit-runtime-mismatch",
            toolkit=toolkit.release,
            cuda=build.cuda,
            evidence=(text("toolkit-runtime-mismatch", "toolkit", root=toolkit.root), f"torch {build.version}"),
            fix=text("toolkit-runtime-mismatch", "fix-use", root=fitting[0].root)
            if fitting
            else text("toolkit-runtime-mismatch", "fix", cuda=build.cuda),
            commands=use(case, fitting[0]) if fitting else (),
        )
    )


@check("nvcc-gpu", codes=("nvcc-gpu-unknown",), gpu=True)
def nvcc_gpu(case: Case) -> Outcome:
    toolkit, wanted = in_use(case), capabilities(case)
    if not wanted:
        raise NotCheckedError(text("checks", "no-known-capability"))
    rows = {row.release: row.targets for row in case.knowledge.toolkits}
    row = builder.row_of(toolkit.release, case.knowledge)
    if row is None:
        raise NotCheckedError(text("checks", "no-toolkit-row", toolkit=toolkit.release or "?"))
    lacking = builder.lacking(row, wanted)
    if not lacking:
        return passed(text("checks", "nvcc-compiles", toolkit=toolkit.release, wanted=", ".join(wanted)))
    fitting = [release for release, targets in rows.items() if all(each in targets for each in wanted)]
    least = min(fitting, key=version_tuple, default="")
    own = next((each for each in toolkits(case) if each.release in fitting), None)
    return found(
        finding(
            "nvcc-gpu-unknown",
            toolkit=toolkit.release,
            lacking=", ".join(lacking),
            evidence=(
                f"nvcc: {toolkit.nvcc}",
                text("nvcc-gpu-unknown", "targets", rows=", ".join(rows[toolkit.release])),
            ),
            fix=text("nvcc-gpu-unknown", "fix", least=least) if least else text("nvcc-gpu-unknown", "fix-none"),
            commands=use(case, own) if own else (),
        )
    )
