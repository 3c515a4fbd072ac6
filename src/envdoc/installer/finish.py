"""Ends what an earlier command began and did not end: a rollback, a removal, their tidying up.

Called under the lock, before anything else is done. Each road can be cut anywhere and begun again.
"""

from __future__ import annotations

import os

from envdoc.installer import journal, products, safefile, state, trash
from envdoc.installer.folder import Folder
from envdoc.installer.restore import Restored, restore
from envdoc.installer.steps import KINDS

_OF_AN_ADOPTION = ("state.json", "installed.json", "variables.json", "wish.json", "written.jsonl", "theirs.json",
                   "going.json", "putting-back")  # fmt: skip


def finish(folder: Folder) -> Restored | None:
    """Bring an unended rollback or removal to its end; what the rollback did, None where none was under way.

    Raises:
        EnvdocError, OSError: as `restore`.
    """
    trash.sweep(folder)
    how = journal.undoing(journal.read(folder.journal))
    told = None
    if how == journal.ROLLING_BACK:
        told = restored(folder)
    elif how == journal.ROLLED_BACK:
        told = Restored() if os.path.lexists(folder.backup) else None
        _tidy(folder)
    elif how in (journal.REMOVING, journal.REMOVED):
        if how == journal.REMOVING:
            removed(folder)
        safefile.remove(folder.own / "written.jsonl")
    return told


def restored(folder: Folder) -> Restored:
    """Roll back, from the first entry to the last file; the copy goes when all else is done."""
    journal.append(folder.journal, journal.Entry(journal.ROLLING_BACK))
    state.write(folder, state.BUILDING)
    products.clear(folder)
    told = restore(folder)
    safefile.sync_all()  # before the copy goes
    journal.append(folder.journal, journal.Entry(journal.ROLLED_BACK, detail=f"{told.changed} paths"))
    _tidy(folder)
    return told


def _tidy(folder: Folder) -> None:
    """What belonged to the adoption: the copy first, because without it nothing claims to be one."""
    trash.throw_away(folder, folder.backup)
    for name in _OF_AN_ADOPTION:
        safefile.remove(folder.own / name)


def removed(folder: Folder) -> None:
    """Take away what envdoc's engines wrote; its own folder stays until its caller renames it."""
    journal.append(folder.journal, journal.Entry(journal.REMOVING))
    state.write(folder, state.BUILDING)
    for kind in reversed(KINDS.values()):
        kind.undo(folder)
    safefile.sync_all()  # before what says that it was ours goes
    journal.append(folder.journal, journal.Entry(journal.REMOVED))
