"""Make an environment what its copy says it was. Cut short anywhere, it can be begun again: the copy stays whole
until all is done, and what must be taken away is written down before the first change.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from envdoc.installer import backup, manifest, safefile, trash
from envdoc.installer.folder import Folder
from envdoc.installer.manifest import FILE, FOLDER, LINK, Kept
from envdoc.installer.owned import named_in, outside
from envdoc.installer.written import HOLDS_SOMETHING
from envdoc.model.value import dataclass, field


@dataclass(frozen=True, slots=True)
class Restored:
    """`changed`: paths put back or taken away. `differs`: what is not as it was recorded, each with its reason."""

    changed: int = 0
    differs: tuple[str, ...] = field(default_factory=tuple)


def restore(folder: Folder) -> Restored:
    """Take away what came since, put back what is gone or differs.

    Raises:
        EnvdocError: `envdoc-folder-unsafe`.
        OSError: no space, no permission.
    """
    kept = manifest.read(folder)
    if kept is None:
        raise FileNotFoundError(2, "no whole copy", str(folder.backup))
    going = _written_down(folder, kept)
    changed = sum(_folder(folder, each) for each in kept if each.kind == FOLDER)
    changed += sum(_take_away(folder, path) for path in going)
    changed += sum(put_back(folder, each) for each in kept if each.kind != FOLDER)
    for each in reversed(kept):  # what a folder holds changes its time
        if each.kind == FOLDER:
            _attributes(folder.root / each.path, each)
    return Restored(changed, tuple(_differences(folder, kept)))


def restore_dist(folder: Folder, dist_info: Path) -> bool:
    """Put back the files of one distribution, by the RECORD in the copy; whether anything had changed."""
    place = dist_info.relative_to(folder.root)
    names = named_in(folder.backup / "files" / place / "RECORD", place.parent.as_posix())
    within = place.as_posix() + "/"
    kept = manifest.read(folder) or ()
    wanted = [each for each in kept if each.path in names or each.path.startswith(within)]
    needed = {parent for each in wanted for parent in _parents(each.path)}
    changed = [_folder(folder, each) for each in kept if each.kind == FOLDER and each.path in needed | names]
    changed += [put_back(folder, each) for each in wanted if each.kind != FOLDER]
    return sum(changed) > 0


def newcomers(folder: Folder, before: Iterable[str]) -> list[str]:
    """What has come since the copy: everything new among the packages, and what RECORD files name elsewhere, with
    the folders made for it; what a folder holds before the folder. Other files in the environment are the user's."""
    known = set(before)
    packages = manifest.packages(folder)
    place = folder.root / packages
    if not packages or place.is_symlink() or not place.is_dir():
        return [name for name in (".lock",) if name not in known and os.path.lexists(folder.root / name)]
    owned = {*outside(place, packages), ".lock"}  # uv's own lock of the environment
    new = {path for path in owned if path not in known and os.path.lexists(folder.root / path)}
    new |= {parent for path in new for parent in _parents(path)} - known
    new |= {each.path for each in manifest.walk(folder.root, packages)} - known
    return sorted(new, reverse=True)


def _parents(path: str) -> set[str]:
    parts = path.split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts))}


def _written_down(folder: Folder, kept: tuple[Kept, ...]) -> list[str]:
    """What will be taken away, kept in a file of its own: the RECORDs that name it go first."""
    file = folder.own / "going.json"
    earlier = safefile.json_of(safefile.read(file))
    listed = earlier if isinstance(earlier, list) else []
    known = {each.path for each in kept}
    named = {path for path in listed if isinstance(path, str) and manifest.is_inside(path)} - known
    going = sorted({*newcomers(folder, known), *named}, reverse=True)
    safefile.write_whole(file, safefile.line_of(going).decode("ascii"))
    return going


def _take_away(folder: Folder, path: str) -> bool:
    target = folder.root / path
    if not _is_within(folder, path):
        return False
    try:
        if stat.S_ISDIR(target.lstat().st_mode):
            target.rmdir()
        else:
            target.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno in HOLDS_SOMETHING:  # a folder in which something of the user's lies
            return False
        raise
    return True


def _is_within(folder: Folder, path: str) -> bool:
    """Whether the folders above a path are folders of the environment, none of them a link to elsewhere."""
    with contextlib.suppress(OSError):
        return all(stat.S_ISDIR((folder.root / parent).lstat().st_mode) for parent in _parents(path))
    return False


def _folder(folder: Folder, kept: Kept) -> bool:
    target = folder.root / kept.path
    if not _is_within(folder, kept.path):
        return False
    if target.is_symlink() or (os.path.lexists(target) and not target.is_dir()):
        target.unlink()
    if target.is_dir():
        return False
    target.mkdir()
    return True


def put_back(folder: Folder, kept: Kept) -> bool:
    """One file or link, if it is gone or another; whether anything was changed."""
    target = folder.root / kept.path
    if not _is_within(folder, kept.path):
        return False
    now = manifest.seen(str(target), kept.path)
    source = backup.kept_file(folder, kept)
    if now is not None and now.kind == kept.kind and _same(kept, now, source, target):
        return _attributes(target, kept)
    if kept.kind == FILE and not source.is_file():
        return False  # told among the differences
    if now is not None and now.kind == FOLDER:
        trash.throw_away(folder, target)
    try:
        _staged(kept, source, folder.own / "putting-back").replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:  # something is mounted within the environment
            raise
        _staged(kept, source, target.with_name(".envdoc.putting-back")).replace(target)
        (folder.own / "putting-back").unlink(missing_ok=True)
    _attributes(target, kept)
    return True


def _staged(kept: Kept, source: Path, staging: Path) -> Path:
    staging.unlink(missing_ok=True)
    if kept.kind == LINK:
        staging.symlink_to(kept.target)
    else:
        backup.link(source, staging)
    return staging


def _same(kept: Kept, now: Kept, source: Path, target: Path) -> bool:
    """The same link; the same file by its inode, or a copy of it by size and time."""
    if kept.kind == LINK:
        return now.target == kept.target
    try:
        left, right = source.stat(), target.lstat()
    except OSError:
        return (now.size, now.mtime) == (kept.size, kept.mtime)
    if (left.st_dev, left.st_ino) == (right.st_dev, right.st_ino) and left.st_ino:
        return True
    return (left.st_size, left.st_mtime_ns) == (right.st_size, right.st_mtime_ns)


def _attributes(target: Path, kept: Kept) -> bool:
    """Mode and time as recorded; a file's time only where its content is, by its size."""
    now = manifest.seen(str(target), kept.path)
    if now is None or now.kind != kept.kind or kept.mode < 0:
        return False
    changed = now.mode != kept.mode and kept.kind != LINK
    if changed:
        target.chmod(kept.mode)
    if kept.kind != FILE and now.mtime != kept.mtime:
        follow = kept.kind != LINK
        if follow or os.utime in os.supports_follow_symlinks:
            os.utime(target, ns=(kept.mtime, kept.mtime), follow_symlinks=follow)
    return changed


def _differences(folder: Folder, kept: tuple[Kept, ...]) -> Iterable[str]:
    for each in kept:
        now = manifest.seen(str(folder.root / each.path), each.path)
        if now is None or now.kind != each.kind:
            yield f"{each.path}: {'gone' if now is None else f'a {now.kind}, was a {each.kind}'}"
        elif each.kind == LINK and now.target != each.target:
            yield f"{each.path}: leads to another place"
        elif each.kind == FILE and (now.size, now.mtime) != (each.size, each.mtime):
            yield f"{each.path}: edited in place since"
        elif each.mode >= 0 and now.mode != each.mode and each.kind != LINK:
            yield f"{each.path}: mode {now.mode:o}, was {each.mode:o}"
