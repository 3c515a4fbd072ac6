"""Taking whole folders of ours away: out of the way by one rename first, then file by file.

Killed in between, what is left has a name that nobody takes for the thing itself, and the next run sweeps it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from envdoc.installer import safefile
from envdoc.installer.folder import OWN, Folder

_INSIDE, _BESIDE = "gone-", f"{OWN}.gone-"  # in .envdoc; beside it, for .envdoc itself


def throw_away(folder: Folder, path: Path) -> None:
    """Remove a folder or file within the environment's own file system.

    Raises:
        OSError: it could not be moved out of the way; then it is as it was.
    """
    safefile.make_folder(folder.own)
    if not os.path.lexists(path):
        return
    target = _free(folder.own / _INSIDE)
    path.rename(target)
    safefile.sync_folder(path.parent)
    safefile.sync_folder(folder.own)
    _delete(target)


def throw_own_away(folder: Folder) -> None:
    """Remove `.envdoc` itself: from the rename on nothing of envdoc is here, and another run may begin."""
    target = _free(folder.root / _BESIDE)
    folder.own.rename(target)
    safefile.sync_folder(folder.root)
    _delete(target)


def sweep(folder: Folder) -> bool:
    """Remove what killed runs had moved out of the way; whether there was anything."""
    found = False
    for place, prefix in ((folder.own, _INSIDE), (folder.root, _BESIDE)):
        if place.is_symlink():
            continue
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for entry in sorted(os.scandir(place), key=lambda each: each.name):
                if entry.name.startswith(prefix):
                    _delete(Path(entry.path))
                    found = True
    return found


def is_ours(name: str) -> bool:
    """Whether an entry of the environment's folder is envdoc's own, or what is left of it."""
    return name == OWN or name.startswith(_BESIDE)


def _free(start: Path) -> Path:
    number = os.getpid()
    while os.path.lexists(path := start.with_name(f"{start.name}{number}")):
        number += 1
    return path


def _delete(path: Path) -> None:
    """What cannot be removed now stays under its name: nothing depends on it."""
    if path.is_symlink() or not path.is_dir():
        with contextlib.suppress(OSError):
            path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)
