"""A copy of an environment as it was, by hard links: no download, no room, exact to the file.

Engines replace files (unlink, then create), they never write into one, so the links keep the old content.
Where the file system has no hard links the files are copied. Nothing outside the environment is touched:
an editable package's sources stay where they are, the links to them are kept.

    .envdoc/backup/manifest.jsonl   {"path": "lib/python3.12/site-packages/six.py", "kind": "file", "size": 34703, …}
    .envdoc/backup/files/…          the files under the same paths
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from envdoc.installer.folder import OWN, Folder, sync_folder
from envdoc.model.value import dataclass
from envdoc.rules import dist_info


@dataclass(frozen=True, slots=True)
class Kept:
    """One path of the copy. `kind`: file, folder or link (then `target`)."""

    path: str  # relative to the environment, with "/"
    kind: str
    size: int = 0
    mtime: int = 0  # nanoseconds
    target: str = ""


def exists(folder: Folder) -> bool:
    """Whether a whole copy is there; one that was cut short has another name."""
    return (folder.backup / "manifest.jsonl").is_file()


def take(folder: Folder) -> int:
    """Copy the environment; returns the number of files. Nothing counts until the last rename.

    Raises:
        OSError: no space, no permission.
    """
    staging = folder.own / "backup.new"
    shutil.rmtree(staging, ignore_errors=True)
    (staging / "files").mkdir(parents=True)
    count = 0
    with (staging / "manifest.jsonl").open("w", encoding="utf-8", newline="\n") as manifest:
        for kept in _walk(folder.root):
            if kept.kind == "file":
                _link(folder.root / kept.path, staging / "files" / kept.path)
                count += 1
            manifest.write(json.dumps(asdict(kept), ensure_ascii=False) + "\n")
        manifest.flush()
        os.fsync(manifest.fileno())
    staging.rename(folder.backup)
    sync_folder(folder.own)
    return count


def _walk(root: Path) -> Iterator[Kept]:
    """Everything in the environment but envdoc's own folder, folders before what they hold."""
    waiting = [root]
    while waiting:
        for entry in sorted(os.scandir(waiting.pop()), key=lambda each: each.name):
            path = Path(entry.path).relative_to(root).as_posix()
            if path == OWN:
                continue
            if entry.is_symlink():
                yield Kept(path, "link", target=str(Path(entry.path).readlink()))
            elif entry.is_dir():
                yield Kept(path, "folder")
                waiting.append(Path(entry.path))
            elif entry.is_file():
                seen = entry.stat()
                yield Kept(path, "file", seen.st_size, seen.st_mtime_ns)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target)


def manifest(folder: Folder) -> tuple[Kept, ...]:
    """The paths of the copy, folders first."""
    text = (folder.backup / "manifest.jsonl").read_text(encoding="utf-8")
    return tuple(Kept(**json.loads(line)) for line in text.splitlines())


def holds(folder: Folder, path: Path) -> bool:
    """Whether the copy has this folder of the environment."""
    return exists(folder) and (folder.backup / "files" / path.relative_to(folder.root)).is_dir()


def restore_dist(folder: Folder, dist_info: Path) -> bool:
    """Put back the files of one distribution, by the RECORD in the copy; whether anything had changed."""
    kept_record = folder.backup / "files" / dist_info.relative_to(folder.root) / "RECORD"
    names = _named(kept_record, dist_info.parent.relative_to(folder.root))
    within = dist_info.relative_to(folder.root).as_posix() + "/"
    wanted = [each for each in manifest(folder) if each.path in names or each.path.startswith(within)]
    return sum(_put_back(folder, each) for each in wanted) > 0


def restore(folder: Folder) -> tuple[int, tuple[str, ...]]:
    """Make the environment what it was: take away what came since, put back what is gone or differs.

    Returns the number of paths changed, and the paths whose kept copy itself was written into since.
    """
    kept = manifest(folder)
    spoilt = tuple(each.path for each in kept if each.kind == "file" and _spoilt(folder, each))
    changed = sum(_take_away(folder, path) for path in _new_paths(folder, {each.path for each in kept}))
    changed += sum(_put_back(folder, each) for each in kept)
    return changed, spoilt


def _new_paths(folder: Folder, before: set[str]) -> list[str]:
    """What installs have added: everything new in site-packages, and what RECORD files name elsewhere.
    Other files that lie in the environment's folder are the user's."""
    packages = folder.site_packages
    if packages is None:
        return []
    inside = packages.relative_to(folder.root).as_posix() + "/"
    owned = {*_owned(folder, packages), ".lock"}  # uv's own lock of the environment
    now = [each.path for each in _walk(folder.root)]
    new = [path for path in now if path not in before and (path.startswith(inside) or path in owned)]
    return sorted(new, reverse=True)  # what a folder holds before the folder


def _owned(folder: Folder, packages: Path) -> set[str]:
    base = packages.relative_to(folder.root)
    return {path for record in packages.glob("*.dist-info/RECORD") for path in _named(record, base)}


def _named(record: Path, base: Path) -> set[str]:
    """The paths in a RECORD, relative to the environment; none where it is not there."""
    try:
        text = record.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    return {Path(os.path.normpath(base / path)).as_posix() for path in dist_info.record_paths(text)}


def _take_away(folder: Folder, path: str) -> bool:
    target = folder.root / path
    if target.is_dir() and not target.is_symlink():
        try:
            target.rmdir()
        except OSError:
            return False
        return True
    target.unlink(missing_ok=True)
    return True


def _put_back(folder: Folder, kept: Kept) -> bool:
    target = folder.root / kept.path
    if kept.kind == "folder":
        made = not target.is_dir()
        target.mkdir(parents=True, exist_ok=True)
        return made
    if kept.kind == "link":
        if target.is_symlink() and str(target.readlink()) == kept.target:
            return False
        target.unlink(missing_ok=True)
        target.symlink_to(kept.target)
        return True
    source = folder.backup / "files" / kept.path
    if _same(source, target):
        return False
    staging = target.with_name(target.name + ".envdoc-new")
    staging.unlink(missing_ok=True)
    _link(source, staging)
    staging.replace(target)
    return True


def _same(source: Path, target: Path) -> bool:
    """The same file by its inode, or a copy of it by size and time."""
    try:
        left, right = source.stat(), target.lstat()
    except OSError:
        return False
    if (left.st_dev, left.st_ino) == (right.st_dev, right.st_ino) and left.st_ino:
        return True
    return stat.S_ISREG(right.st_mode) and (left.st_size, left.st_mtime_ns) == (right.st_size, right.st_mtime_ns)


def _spoilt(folder: Folder, kept: Kept) -> bool:
    try:
        seen = (folder.backup / "files" / kept.path).stat()
    except OSError:
        return True
    return (seen.st_size, seen.st_mtime_ns) != (kept.size, kept.mtime)
