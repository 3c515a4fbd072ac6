"""Undo: give an adopted environment back as it was, remove one that envdoc made, tell what was done."""

from __future__ import annotations

import shutil
import time

from envdoc.errors import UsageError
from envdoc.findings import finding
from envdoc.host.base import Host
from envdoc.installer import backup, guard, journal, lock, orphans, state
from envdoc.installer.executor import execute
from envdoc.installer.folder import Folder, folder_of
from envdoc.installer.options import Options
from envdoc.installer.steps.environment import clear
from envdoc.model.finding import Finding
from envdoc.model.machine import System
from envdoc.model.plan import AdoptEnvironment, Plan
from envdoc.model.results import InstallResult, StepResult, StepStatus


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


def rollback(host: Host, environment: str) -> InstallResult:
    """Make an adopted environment what it was before envdoc changed it. Cut short, it can be run again.

    Raises:
        UsageError: `environment-not-ours`; `nothing-to-roll-back`, there is no state to go back to.
        EnvdocError: `environment-busy`, `disk-full`, `environment-not-writable`.
    """
    folder = folder_of(environment, host.system)
    profile = state.read(folder).get("profile", "")
    history(environment, host.system)
    if not backup.exists(folder):
        raise UsageError(
            f"{folder.root} has no earlier state to go back to",
            hint=_way_out(folder),
            code="nothing-to-roll-back",
        )
    start = time.monotonic()
    try:
        with lock.hold(folder.lock):
            orphans.wait(host, folder)
            changed, spoilt = _restore(folder)
    except OSError as error:
        raise guard.os_failure(folder.root, error) from error
    status = StepStatus.DONE if changed else StepStatus.UNCHANGED
    detail = f"{changed} files and folders put back or taken away"
    step = StepResult("rollback", "Restore the environment", status, time.monotonic() - start, detail)
    return InstallResult(str(folder.root), profile, False, (step,), findings=_spoilt(spoilt))


def _restore(folder: Folder) -> tuple[int, tuple[str, ...]]:
    journal.append(folder.journal, journal.Entry(journal.ROLLING_BACK))
    state.write(folder, state.BUILDING)
    changed, spoilt = backup.restore(folder)
    journal.append(folder.journal, journal.Entry(journal.ROLLED_BACK, detail=f"{changed} paths"))
    for name in (folder.state, folder.installed, folder.variables):
        name.unlink(missing_ok=True)
    shutil.rmtree(folder.backup)
    return changed, spoilt


def _spoilt(paths: tuple[str, ...]) -> tuple[Finding, ...]:
    if not paths:
        return ()
    return (finding("backup-changed", count=len(paths), evidence=paths[:20]),)


def adopt(host: Host, environment: str) -> InstallResult:
    """Record an environment that envdoc did not make, and change nothing in it yet.

    Raises:
        UsageError: `system-interpreter`, it is a system's or conda's own Python, or none.
        EnvdocError: `environment-busy`, `disk-full`, `environment-not-writable`.
    """
    plan = Plan(environment, "", (AdoptEnvironment(environment),))
    return execute(plan, host, Options(), on_event=lambda _: None, prove=lambda _python, _proofs: ())


def remove(host: Host, environment: str) -> InstallResult:
    """Remove an environment that envdoc made: the virtual environment and envdoc's own folder, nothing else.

    Raises:
        UsageError: `environment-not-ours`, envdoc did not make it.
        EnvdocError: `environment-busy`, `environment-not-writable`.
    """
    folder = folder_of(environment, host.system)
    kind = journal.kind_of(history(environment, host.system))
    if kind != journal.MADE:
        raise _not_ours(folder)
    profile = state.read(folder).get("profile", "")
    start = time.monotonic()
    try:
        with lock.hold(folder.lock):
            orphans.wait(host, folder)
            state.write(folder, state.BUILDING)
            clear(folder)
        shutil.rmtree(folder.own)
        kept = sorted(path.name for path in folder.root.iterdir())
        if not kept:
            folder.root.rmdir()
    except OSError as error:
        raise guard.os_failure(folder.root, error) from error
    detail = f"kept what envdoc did not make: {', '.join(kept)}" if kept else ""
    step = StepResult("remove", "Remove the environment", StepStatus.DONE, time.monotonic() - start, detail)
    return InstallResult(str(folder.root), profile, False, (step,))


def _way_out(folder: Folder) -> str:
    return f'to take away an environment that envdoc made: `envdoc rollback --remove --env "{folder.root}"`'


def _not_ours(folder: Folder) -> UsageError:
    return UsageError(
        f"envdoc did not make or adopt an environment at {folder.root}",
        hint="name an environment that envdoc made or adopted with `--env DIR`",
        code="environment-not-ours",
    )
