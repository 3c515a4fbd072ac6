"""What an environment consisted of, path by path, with the mark that says the list and its files are whole.

    .envdoc/backup/manifest.jsonl   {"path": "lib/python3.12/site-packages/six.py", "kind": "file", "size": 34703, …}
    .envdoc/backup/files/…          the files under the same paths
    .envdoc/backup/complete.json    {"lines": "36116", "digest": "…", "packages": "lib/python3.12/site-packages"}

The mark is written last, once all else is on the disk; without it there is no backup.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from envdoc.installer import safefile
from envdoc.installer.folder import OWN, Folder, table_of, write_json
from envdoc.model.value import dataclass

FILE, FOLDER, LINK = "file", "folder", "link"


@dataclass(frozen=True, slots=True)
class Kept:
    """One path of the copy. A name that is no text holds its bytes as Python's surrogates."""

    path: str  # relative to the environment, with "/"
    kind: str  # file, folder or link (then `target`)
    size: int = 0
    mtime: int = 0  # nanoseconds
    target: str = ""
    mode: int = -1  # permission bits; -1: not recorded


def walk(root: Path, under: str = "") -> Iterator[Kept]:
    """Everything below a folder but envdoc's own, folders before what they hold, no link followed."""
    base = str(root)
    cut = len(base) + (not base.endswith(os.sep))
    waiting = [os.path.join(base, under) if under else base]  # noqa: PTH118 - names may hold any byte; speed
    while waiting:
        for entry in sorted(os.scandir(waiting.pop()), key=lambda each: each.name):
            path = entry.path[cut:].replace(os.sep, "/")
            if path == OWN or path.startswith(f"{OWN}."):
                continue
            kept = seen(entry.path, path)
            if kept is None:
                continue
            yield kept
            if kept.kind == FOLDER:
                waiting.append(entry.path)


def seen(place: str, path: str) -> Kept | None:
    """What lies at `place` now; None where nothing does, or a device, socket or pipe."""
    try:
        told = os.lstat(place)
    except OSError:
        return None
    mode = stat.S_IMODE(told.st_mode)
    if stat.S_ISLNK(told.st_mode):
        return Kept(path, LINK, 0, told.st_mtime_ns, os.readlink(place), mode)  # noqa: PTH115
    if stat.S_ISDIR(told.st_mode):
        return Kept(path, FOLDER, 0, told.st_mtime_ns, "", mode)
    if stat.S_ISREG(told.st_mode):
        return Kept(path, FILE, told.st_size, told.st_mtime_ns, "", mode)
    return None


def write(staging: Path, lines: Iterable[bytes], packages: str) -> None:
    """The list, then (all of it on the disk) its mark."""
    every = tuple(lines)
    whole = b"".join(every)
    safefile.write_whole(staging / "manifest.jsonl", whole.decode("ascii"))
    for parent, _, _ in os.walk(staging):
        safefile.sync_folder(Path(parent))
    write_json(mark_of(staging), {"lines": str(len(every)), "digest": _digest(whole), "packages": packages})


def line_of(kept: Kept) -> bytes:
    return safefile.line_of({name: getattr(kept, name) for name in kept.__match_args__})


def mark_of(backup: Path) -> Path:
    """The file without which a copy counts for none."""
    return backup / "complete.json"


def packages(folder: Folder) -> str:
    """The package folder of the recorded environment, relative to it; "" where it had none."""
    return (table_of(mark_of(folder.backup)) or {}).get("packages", "")


def read(folder: Folder) -> tuple[Kept, ...] | None:
    """The paths of the copy, folders first; None where there is no copy that can be trusted."""
    mark = table_of(mark_of(folder.backup))
    data = safefile.read(folder.backup / "manifest.jsonl") if mark else None
    if mark is None or data is None or _digest(data) != mark.get("digest"):
        return None
    kept = tuple(entry for line in data.split(b"\n")[:-1] if (entry := _entry(line)) is not None)
    return kept if str(len(kept)) == mark.get("lines") else None


def _digest(data: bytes) -> str:
    import hashlib  # loads OpenSSL, which a run with nothing to do need not

    return hashlib.sha256(data).hexdigest()


def _entry(line: bytes) -> Kept | None:
    table = safefile.json_of(line)
    if not isinstance(table, dict):
        return None
    try:
        kept = Kept(**table)
    except TypeError:
        return None
    return kept if is_inside(kept.path) else None


def is_inside(path: str) -> bool:
    """Whether a relative path stays below the folder that it is relative to: the list may have been tampered with."""
    return bool(path) and not path.startswith("/") and ".." not in path.split("/") and not os.path.isabs(path)  # noqa: PTH117
