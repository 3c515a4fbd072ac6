"""Look-ups that several components share: a locked version, its row of the `stacks` table, its bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from envdoc.components.base import Candidate, Context, Requirement
from envdoc.findings import text
from envdoc.knowledge.rows import StackRow
from envdoc.model.cuda import cuda_of, version_tuple
from envdoc.model.machine import System
from envdoc.model.specifiers import allows
from envdoc.model.value import replace
from envdoc.rules.choice.together import newest_first


def stack_rows(context: Context, package: str) -> tuple[StackRow, ...]:
    """The package's rows that may count here, the newest first: the locked version's, or without a lock all."""
    rows = [row for row in context.knowledge.stacks if row.package == package]
    locked = context.lock.get(package, "")
    if locked:
        rows = [row for row in rows if row.version == locked]
    return tuple(newest_first(rows))


def bounds_broken(row: StackRow, context: Context) -> tuple[str, ...]:
    """Why this release does not go with the system, Python, torch, CUDA or GPUs at hand, or with what is locked
    beside it; empty where it does."""
    return (*_place_reasons(row, context), *_compiled_reasons(row, context), *_lock_reasons(row, context))


def _place_reasons(row: StackRow, context: Context) -> Iterator[str]:
    name = _name(row)
    if row.systems and context.system.value not in row.systems:
        yield text("resolve", "not-on-system", name=name, system=context.system.value)
    elif row.arches and context.arch not in row.arches:
        yield text("resolve", "not-on-arch", name=name, arch=context.arch)
    if row.python and not allows(row.python, context.python):
        yield text("resolve", "python-bound", name=name, wanted=row.python, python=context.python)
    if row.torch and not allows(row.torch, context.torch):
        yield text("resolve", "torch-bound", name=name, wanted=row.torch, torch=context.torch)


def _compiled_reasons(row: StackRow, context: Context) -> Iterator[str]:
    """A wheel with compiled parts loads CUDA's libraries by their major version."""
    if row.cuda:
        yield from gpu_only(context, _name(row))
        if context.cuda != "cpu" and (cuda_of(context.cuda) or "").partition(".")[0] not in row.cuda:
            yield text("resolve", "cuda-major", name=_name(row), built=", ".join(row.cuda), cuda=context.cuda)
    if row.capability:
        yield from too_old(context, _name(row), row.capability)


def _lock_reasons(row: StackRow, context: Context) -> Iterator[str]:
    for package, wanted in row.pins.items():
        have = context.lock.get(package, "")
        if have and not allows(wanted, have):
            yield text("resolve", "bound-here", name=_name(row), package=package, wanted=wanted, have=have)


def gpu_only(context: Context, name: str) -> tuple[str, ...]:
    """Against what is of no use beside a torch without CUDA."""
    return (text("resolve", "gpu-only", name=name),) if context.cuda == "cpu" else ()


def too_old(context: Context, name: str, least: str) -> tuple[str, ...]:
    """The GPUs below a compute capability."""
    old = sorted({gpu for gpu in context.gpus if version_tuple(gpu) < version_tuple(least)}, key=version_tuple)
    return tuple(text("resolve", "capability-bound", name=name, least=least, gpu=gpu) for gpu in old)


def triton(context: Context) -> tuple[Requirement, ...]:
    """What Triton belongs to this torch: exact on Linux; on Windows the range of triton-windows, which no lock
    pins."""
    row = context.knowledge.companion(context.torch)
    windows = context.system is System.WINDOWS
    version = "" if row is None else row.triton_windows if windows else row.triton
    name = "triton-windows" if windows else "triton"
    return (Requirement(name, version, text("resolve", "belongs", torch=context.torch)),) if version else ()


def unlocked(context: Context, package: str) -> tuple[str, ...]:
    """The reason against a package that the profile's lock for this platform leaves out."""
    if context.lock and package not in context.lock:
        return (text("resolve", "unpinned", package=package),)
    return ()


def pinned(context: Context, *names: str, why: str) -> tuple[Requirement, ...]:
    """Requirements at the locked versions; those without a lock are left to the lock tool and do not appear."""
    return tuple(Requirement(name, context.lock[name], why) for name in names if name in context.lock)


def from_stack(context: Context, package: str, why: str, build_env: Mapping[str, str] | None = None) -> Candidate:
    """The plain case: a release of the `stacks` table, installed as pinned, judged by its row's bounds."""
    rows = stack_rows(context, package)
    version = context.lock.get(package) or (rows[0].version if rows else "")
    fitting = next((row for row in rows if not bounds_broken(row, context)), None)
    reasons = bounds_broken(rows[0], context) if rows and fitting is None else ()
    builds = fitting.builds if fitting else ()
    return Candidate(
        title=f"{package} {version}".strip(),
        requirements=(*pinned(context, package, why=why), *(_beside(fitting) if fitting else ())),
        reasons=unlocked(context, package) + reasons,
        allow_build=builds,
        build_env=dict(build_env or {}) if builds else {},
    )


def _beside(row: StackRow) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(package, bound, text("resolve", "held-beside", name=_name(row)))
        for package, bound in row.beside.items()
    )


def for_one_torch(context: Context, package: str, why: str) -> Candidate:
    """As `from_stack`, of a package each release of which is made for one torch: where none is for this one, the
    torch releases that have one are told, and not the newest release's own bound."""
    found = from_stack(context, package, why)
    rows = [row for row in context.knowledge.stacks if row.package == package]
    if any(allows(row.torch, context.torch) for row in rows) or context.system.value not in rows[0].systems:
        return found
    torches = sorted({row.torch.removeprefix("==") for row in rows}, key=version_tuple)
    told = text("resolve", "other-torch", name=package, torches=", ".join(torches), torch=context.torch)
    return replace(found, reasons=(*unlocked(context, package), told))


def _name(row: StackRow) -> str:
    return f"{row.package} {row.version}"
