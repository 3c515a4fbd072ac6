"""Record an environment that envdoc did not make, before anything in it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoc.errors import EnvdocError
from envdoc.findings import text
from envdoc.installer import journal
from envdoc.installer.dists import versions
from envdoc.installer.folder import Folder
from envdoc.installer.outcome import Outcome
from envdoc.model.plan import AdoptEnvironment, Plan

if TYPE_CHECKING:
    from envdoc.installer.run import Run


def do(step: AdoptEnvironment, run: Run) -> Outcome:
    """Keep a copy of every file (by hard link, so it takes no room until a file is replaced).

    Raises:
        UsageError: `environment-elsewhere`, `system-interpreter`.
        EnvdocError: `backup-changed`, the copy of an environment that was changed since is damaged.
    """
    from envdoc.installer import backup, interior

    if backup.exists(run.folder):
        return Outcome(text("install", "recorded-before"), changed=False)
    if backup.is_there(run.folder) and journal.was_done(run.entries, step.id):
        raise _copy_damaged(run.folder)
    interior.check(run.host, run.folder)
    count = backup.take(run.folder)
    found = versions(run.folder.site_packages)
    return Outcome(text("install", "recorded", packages=len(found), files=count), data=found)


def _copy_damaged(folder: Folder) -> EnvdocError:
    return EnvdocError(
        text("errors", "backup-damaged", backup=folder.backup, folder=folder.root),
        hint=text("errors", "backup-damaged-hint", backup=folder.backup),
        code="backup-changed",
    )


def still(step: AdoptEnvironment, folder: Folder, whole: Plan) -> bool:
    """The copy is looked at when it is needed: a run that changes nothing needs none."""
    del step, folder, whole
    return True


def undo(folder: Folder) -> None:
    """An adopted environment is given back by `restore`, not taken away."""
    del folder
