"""Look-ups that several components share: a locked version, its row of the `stacks` table, its bounds."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context, Requirement
from envdoc.findings import text
from envdoc.knowledge.rows import StackRow
from envdoc.model.cuda import version_tuple
from envdoc.model.specifiers import allows


def stack_rows(context: Context, package: str) -> tuple[StackRow, ...]:
    """The package's rows that may count here, the newest first: the locked version's, or without a lock all."""
    rows = [row for row in context.knowledge.stacks if row.package == package]
    locked = context.lock.get(package, "")
    if locked:
        rows = [row for row in rows if row.version == locked]
    return tuple(sorted(rows, key=lambda row: version_tuple(row.version), reverse=True))


def bounds_broken(row: StackRow, context: Context) -> tuple[str, ...]:
    """Why this release does not go with the system, Python or torch at hand; empty where it does."""
    name = f"{row.package} {row.version}"
    reasons = []
    if row.systems and context.system.value not in row.systems:
        reasons.append(text("resolve", "not-on-system", name=name, system=context.system.value))
    if row.python and not allows(row.python, context.python):
        reasons.append(text("resolve", "python-bound", name=name, wanted=row.python, python=context.python))
    if row.torch and not allows(row.torch, context.torch):
        reasons.append(text("resolve", "torch-bound", name=name, wanted=row.torch, torch=context.torch))
    return tuple(reasons)


def unlocked(context: Context, package: str) -> tuple[str, ...]:
    """The reason against a package that the profile's lock for this platform leaves out."""
    if context.lock and package not in context.lock:
        return (text("resolve", "unpinned", package=package),)
    return ()


def pinned(context: Context, *names: str, why: str) -> tuple[Requirement, ...]:
    """Requirements at the locked versions; those without a lock are left to the lock tool and do not appear."""
    return tuple(Requirement(name, context.lock[name], why) for name in names if name in context.lock)


def from_stack(context: Context, package: str, why: str) -> Candidate:
    """The plain case: a release of the `stacks` table, installed as pinned, judged by its row's bounds."""
    rows = stack_rows(context, package)
    version = context.lock.get(package) or (rows[0].version if rows else "")
    fitting = next((row for row in rows if not bounds_broken(row, context)), None)
    reasons = bounds_broken(rows[0], context) if rows and fitting is None else ()
    return Candidate(
        title=f"{package} {version}".strip(),
        requirements=pinned(context, package, why=why),
        reasons=unlocked(context, package) + reasons,
    )
