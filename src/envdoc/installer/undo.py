"""Undo: give an adopted environment back as it was, remove one that envdoc made, tell what was done.

Both are journalled: begun, then done, then tidied up. Killed anywhere in between, whatever command comes next goes
through `finish` first.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from envdoc.errors import UsageError
from envdoc.findings import finding, text
from envdoc.host.base import Host
from envdoc.installer import backup, guard, journal, lock, manifest, orphans, state, trash, written
from envdoc.installer.dists import Dist, installed
from envdoc.installer.executor import execute
from envdoc.installer.finish import finish, removed, restored
from envdoc.installer.folder import Folder, folder_of
from envdoc.installer.options import Options
from envdoc.installer.owned import named_in
from envdoc.installer.restore import Restored, newcomers
from envdoc.model.finding import Finding
from envdoc.model.machine import System
from envdoc.model.plan import AdoptEnvironment, Plan
from envdoc.model.results import InstallResult, StepResult, StepStatus
from envdoc.rules import dist_info
from envdoc.rules.requirements import normal


def history(environment: str, system: System = System.LINUX) -> tuple[journal.Entry, ...]:
    """The journal of an environment, oldest first.

    Raises:
        UsageError: `environment-not-ours`, envdoc never worked there.
    """
    folder = folder_of(environment, system)
    entries = journal.read(folder.journal)
    if not entries:
        raise _not_ours(folder)
    return entries


def takes_away(host: Host, environment: str) -> tuple[str, ...]:
    """What a rollback would take away or put back though it is not envdoc's doing: packages that the user changed
    since the adoption, and files that they put among the packages. For the question before it."""
    folder = folder_of(environment, host.system)
    kept = manifest.read(folder)
    if kept is None:
        return ()
    before, ours = {each.path for each in kept}, written.read(folder)
    packages = manifest.packages(folder)
    place = folder.root / packages
    now = {dist.folder.name: dist for dist in installed(place)} if packages and place.is_dir() else {}
    theirs = [
        dist for name, dist in now.items() if not {f"{packages}/{name}", f"{packages}/{name}/"} & (before | ours)
    ]
    named = {path for dist in theirs for path in named_in(dist.folder / "RECORD", packages)}
    loose = [
        path
        for path in sorted(newcomers(folder, before))
        if not {path, f"{path}/"} & (ours | named) and "__pycache__" not in path and not (folder.root / path).is_dir()
    ]
    loose = [path for path in loose if path != ".lock" and path.rpartition("/")[0] not in _metadata(theirs, packages)]
    return (*(f"{dist.name} {dist.version}" for dist in theirs), *_gone(before, packages, now.values()), *loose)


def _metadata(dists: Iterable[Dist], packages: str) -> set[str]:
    return {f"{packages}/{dist.folder.name}" for dist in dists}


def _gone(before: set[str], packages: str, now: Iterable[Dist]) -> Iterator[str]:
    """Packages of the adoption of which nothing is there now: envdoc replaces, it removes none."""
    there = {dist.name for dist in now}
    for path in sorted(before):
        above, _, name = path.rpartition("/")
        dist = dist_info.of_folder(name) if above == packages else None
        if dist is not None and normal(dist[0]) not in there:
            yield f"{normal(dist[0])} {dist[1]} (removed since, comes back)"


def rollback(host: Host, environment: str) -> InstallResult:
    """Make an adopted environment what it was before envdoc changed it. Cut short, it can be run again.

    Raises:
        UsageError: `environment-not-ours`; `nothing-to-roll-back`, there is no state to go back to.
        EnvdocError: `environment-busy`, `disk-full`, `environment-not-writable`, `envdoc-folder-unsafe`.
    """
    folder = folder_of(environment, host.system)
    start = time.monotonic()
    with _in_words(folder):
        profile = state.read(folder).get("profile", "")
        _check_known(folder)
        told = _given_back(host, folder)
    status = StepStatus.DONE if told.changed else StepStatus.UNCHANGED
    detail = text("install", "put-back", count=told.changed)
    step = StepResult("rollback", "Restore the environment", status, time.monotonic() - start, detail)
    return InstallResult(str(folder.root), profile, False, (step,), findings=_differing(told.differs))


def _given_back(host: Host, folder: Folder) -> Restored:
    with _alone(host, folder):
        told = finish(folder)
        if told is None:
            _check_copy(folder)
            told = restored(folder)
        return told


@contextmanager
def _in_words(folder: Folder) -> Iterator[None]:
    """Errors of the file system in a user's words."""
    try:
        yield
    except OSError as error:
        raise guard.os_failure(folder.root, error) from error


@contextmanager
def _alone(host: Host, folder: Folder) -> Iterator[None]:
    """Under the lock, with no engine of a killed run at work."""
    with lock.hold(folder.lock):
        orphans.wait(host, folder)
        yield


def _check_copy(folder: Folder) -> None:
    if backup.exists(folder):
        return
    unmarked = backup.is_there(folder)
    raise UsageError(
        text("errors", "no-way-back", folder=folder.root, backup=folder.backup if unmarked else ""),
        hint=_way_out(folder),
        code="nothing-to-roll-back",
    )


def _differing(paths: tuple[str, ...]) -> tuple[Finding, ...]:
    if not paths:
        return ()
    return (finding("backup-changed", count=len(paths), evidence=paths[:20]),)


def adopt(host: Host, environment: str) -> InstallResult:
    """Record an environment that envdoc did not make, and change nothing in it yet.

    Raises:
        UsageError: `system-interpreter`, it is a system's or conda's own Python, or none; `environment-elsewhere`.
        EnvdocError: `environment-busy`, `disk-full`, `environment-not-writable`.
    """
    plan = Plan(environment, "", (AdoptEnvironment(environment),))
    return execute(plan, host, Options(), on_event=lambda _: None, prove=lambda _python, _proofs: ())


def remove(host: Host, environment: str) -> InstallResult:
    """Remove an environment that envdoc made: what its engines wrote and envdoc's own folder, nothing else.

    The lock is held until all is gone; from the moment on that `.envdoc` is renamed, another run may begin anew.

    Raises:
        UsageError: `environment-not-ours`, envdoc did not make it.
        EnvdocError: `environment-busy`, `environment-not-writable`.
    """
    folder = folder_of(environment, host.system)
    with _in_words(folder):
        return _remove(host, folder)


def _remove(host: Host, folder: Folder) -> InstallResult:
    start = time.monotonic()
    if trash.sweep(folder) and not folder.own.exists():  # an earlier removal was killed at its very end
        return _removal(folder, "", start, [])
    if trash.is_bare(folder):
        with _alone(host, folder):
            if trash.is_bare(folder):
                trash.throw_own_away(folder)
        if not folder.own.exists() or trash.is_bare(folder):
            trash.throw_lock_away(folder)
            return _removal(folder, "", start, [])
    _check_known(folder)
    if journal.undoing(journal.read(folder.journal)) != journal.REMOVED:
        _check_made(folder)
    profile = state.read(folder).get("profile", "")
    with _alone(host, folder):
        if journal.undoing(journal.read(folder.journal)) != journal.REMOVED:
            _check_made(folder)
            removed(folder)
        kept = written.kept(folder)
        trash.throw_own_away(folder)
    trash.throw_lock_away(folder)
    return _removal(folder, profile, start, kept)


def _removal(folder: Folder, profile: str, start: float, kept: list[str]) -> InstallResult:
    if not kept:
        with suppress(OSError):  # the user's things, a mount point, or another run has begun
            folder.root.rmdir()
    detail = text("install", "kept", names=_named(kept)) if kept else ""
    step = StepResult("remove", "Remove the environment", StepStatus.DONE, time.monotonic() - start, detail)
    return InstallResult(str(folder.root), profile, False, (step,))


def _check_known(folder: Folder) -> None:
    """A lost journal does not make an environment somebody else's, as long as anything else of ours is there."""
    if not (journal.read(folder.journal) or state.read(folder) or backup.exists(folder)):
        raise _not_ours(folder)


def _check_made(folder: Folder) -> None:
    if state.kind(folder, journal.read(folder.journal)) != journal.MADE:
        raise _not_ours(folder)


def _named(paths: list[str]) -> str:
    named = ", ".join(paths[:10])
    return text("render", "and-more", packages=named, count=len(paths) - 10) if len(paths) > 10 else named


def _way_out(folder: Folder) -> str:
    return text("errors", "no-way-back-hint", folder=folder.root)


def _not_ours(folder: Folder) -> UsageError:
    return UsageError(
        text("errors", "not-ours", folder=folder.root),
        hint=text("errors", "not-ours-hint"),
        code="environment-not-ours",
    )
