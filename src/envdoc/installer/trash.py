"""Taking whole folders of ours away: out of the way by one rename first, then file by file.

Killed in between, what is left has a name that nobody takes for the thing itself, and the next run sweeps it. Where
a folder cannot be renamed (one of an image's layer in a container, one on another device) it goes where it is, what
makes it count first and what says how far it came last.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

from envdoc.installer import manifest, safefile
from envdoc.installer.folder import OWN, Folder

OPEN_STAYS = os.name == "nt"  # an open file, and a folder that holds one, can be neither moved nor removed
_INSIDE, _BESIDE = "gone-", f"{OWN}.gone-"  # in .envdoc; beside it, for .envdoc itself


def throw_away(folder: Folder, path: Path) -> None:
    """Remove a folder or file of the environment.

    Raises:
        OSError: it could not be moved out of the way, nor taken away where it is.
    """
    safefile.make_folder(folder.own)
    if not os.path.lexists(path):
        return
    target = _free(folder.own / _INSIDE)
    if not _renamed(path, target):
        _take_away(path)
        return
    safefile.sync_folder(path.parent)
    safefile.sync_folder(folder.own)
    _delete(target)


def throw_own_away(folder: Folder) -> None:
    """Remove `.envdoc` itself: from the rename on nothing of envdoc is here, and another run may begin.

    Windows keeps what is open, and so the lock that is held and its folder: `throw_lock_away` ends it.
    """
    target = _free(folder.root / _BESIDE)
    if not OPEN_STAYS and _renamed(folder.own, target):
        safefile.sync_folder(folder.root)
        _delete(target)
        return
    for entry in list(os.scandir(folder.own)):
        if Path(entry.path) not in (folder.journal, folder.lock):
            _take_away(Path(entry.path))
    safefile.sync_folder(folder.own)
    folder.journal.unlink(missing_ok=True)
    if not OPEN_STAYS:
        _end(folder)


def throw_lock_away(folder: Folder) -> None:
    """The rest of `throw_own_away`, once the lock is released: nothing, where another run has taken it meanwhile."""
    if OPEN_STAYS and is_bare(folder):
        with contextlib.suppress(OSError):
            _end(folder)


def _end(folder: Folder) -> None:
    folder.lock.unlink(missing_ok=True)
    folder.own.rmdir()
    safefile.sync_folder(folder.root)


def _renamed(path: Path, target: Path) -> bool:
    """Whether it could be moved within its file system."""
    try:
        path.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def _take_away(path: Path) -> None:
    """Where it is: a copy's mark goes first, so that a half of it is never taken for the whole."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    manifest.mark_of(path).unlink(missing_ok=True)
    safefile.sync_folder(path)
    shutil.rmtree(path)


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


def is_bare(folder: Folder) -> bool:
    """Whether `.envdoc` holds nothing but a lock, as a removal leaves it that is killed at its very end."""
    try:
        return set(os.listdir(folder.own)) <= {folder.lock.name}  # noqa: PTH208 - names are enough
    except OSError:
        return False


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
