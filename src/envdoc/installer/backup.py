"""A copy of an environment as it was, by hard links: no download, no room, exact to the file.

Engines replace files (unlink, then create), they never write into one, so the links keep the old content.
Where the file system has no hard links the files are copied. Nothing outside the environment is touched:
an editable package's sources stay where they are, the links to them are kept. What is in it: `manifest`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from envdoc.installer import manifest, safefile, trash
from envdoc.installer.folder import Folder
from envdoc.installer.manifest import FILE, FOLDER, Kept


def exists(folder: Folder) -> bool:
    """Whether a whole copy is there: one with its mark of completion, and unharmed since."""
    return manifest.read(folder) is not None


def is_there(folder: Folder) -> bool:
    """Whether something stands in a copy's place, whole or not."""
    return os.path.lexists(folder.backup)


def take(folder: Folder) -> int:
    """Copy the environment; returns the number of files. Nothing counts until the last rename.

    What stands in its place without its mark is no copy, but may be all that is left of one: it is moved aside.

    Raises:
        EnvdocError: `envdoc-folder-unsafe`.
        OSError: no space, no permission.
    """
    staging = folder.own / "backup.new"
    safefile.make_folder(folder.own)
    trash.throw_away(folder, staging)
    _move_aside(folder)
    safefile.make_folder(staging / "files")
    packages = folder.site_packages
    found = list(manifest.walk(folder.root))
    count = 0
    for kept in found:
        if kept.kind == FOLDER:
            (staging / "files" / kept.path).mkdir()
        elif kept.kind == FILE:
            link(folder.root / kept.path, staging / "files" / kept.path)
            count += 1
    told = "" if packages is None else packages.relative_to(folder.root).as_posix()
    manifest.write(staging, map(manifest.line_of, found), told)
    staging.rename(folder.backup)
    safefile.sync_folder(folder.own)
    return count


def _move_aside(folder: Folder) -> None:
    number = 1
    while os.path.lexists(aside := folder.own / f"backup.unmarked-{number}"):
        number += 1
    if os.path.lexists(folder.backup):
        folder.backup.rename(aside)


def link(source: Path, target: Path) -> None:
    """The same file under another name; a copy of it, on the disk, where the file system has no such names."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
        handle = os.open(target, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def kept_file(folder: Folder, kept: Kept) -> Path:
    """Where the copy has this file."""
    return folder.backup / "files" / kept.path


def holds(folder: Folder, path: Path) -> bool:
    """Whether the copy has this folder of the environment."""
    return exists(folder) and (folder.backup / "files" / path.relative_to(folder.root)).is_dir()
