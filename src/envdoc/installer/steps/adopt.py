"""Record an environment that envdoc did not make, before anything in it changes."""

from __future__ import annotations

from envdoc.errors import EnvdocError
from envdoc.installer import backup, interior, journal
from envdoc.installer.dists import versions
from envdoc.installer.folder import Folder
from envdoc.installer.run import Outcome, Run
from envdoc.model.plan import AdoptEnvironment


def record(step: AdoptEnvironment, run: Run) -> Outcome:
    """Keep a copy of every file (by hard link, so it takes no room until a file is replaced).

    Raises:
        UsageError: `environment-elsewhere`, `system-interpreter`.
        EnvdocError: `backup-changed`, the copy of an environment that was changed since is damaged.
    """
    if backup.exists(run.folder):
        return Outcome("recorded before", changed=False)
    if backup.is_there(run.folder) and journal.was_done(run.entries, step.id):
        raise _copy_damaged(run.folder)
    interior.check(run.host, run.folder)
    count = backup.take(run.folder)
    found = versions(run.folder.site_packages)
    return Outcome(f"{len(found)} packages, {count} files", data=found)


def _copy_damaged(folder: Folder) -> EnvdocError:
    return EnvdocError(
        f"{folder.backup} is damaged: {folder.root} could not be given back as it was",
        hint=f"look at it; to go on without that way back, move {folder.backup} to another place",
        code="backup-changed",
    )
