"""envdoc's own files in an environment, whoever prepared the folder: no link is followed, nothing is half written.

A repository may ship a `.venv` with a `.envdoc` full of links to the user's files. So each folder from `.envdoc` on
is looked at before anything in it is opened, files are made anew under another name and renamed, and a file with a
second name elsewhere is never appended to. What is written is on the disk, with its folder, when a call returns.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
from pathlib import Path

from envdoc.errors import EnvdocError
from envdoc.model import jsontext

OWN = ".envdoc"
PRIVATE, SHARED = 0o600, 0o644  # what may tell something; what others may read
LIMIT = 1 << 28  # bytes of a list of files that are read at most: a million paths
TABLE = 1 << 20  # of a table; the longest names 600 packages
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FLAGS = _NOFOLLOW | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def make_folder(path: Path) -> Path:
    """A folder of ours (and those above it), real and the user's; returns `path`.

    Raises:
        EnvdocError: `envdoc-folder-unsafe`, a link or somebody else's folder is in its place.
        OSError: no space, no permission.
    """
    for each in _ours(path):
        try:
            each.mkdir(mode=0o755)
        except FileExistsError:
            pass
        except FileNotFoundError:
            each.parent.mkdir(parents=True, exist_ok=True)
            each.mkdir(mode=0o755, exist_ok=True)
        else:
            sync_folder(each.parent)
        _check(each)
    return path


def _ours(path: Path) -> tuple[Path, ...]:
    """`path` and the folders above it from `.envdoc` on, the uppermost first; `path` alone without one."""
    above = (path, *path.parents)
    top = next((place for place, each in enumerate(above) if each.name == OWN), 0)
    return tuple(reversed(above[: top + 1]))


def _check(path: Path) -> None:
    seen = path.lstat()
    if not stat.S_ISDIR(seen.st_mode):
        raise unsafe(path, "a-link" if stat.S_ISLNK(seen.st_mode) else "not-a-folder")
    if sys.platform != "win32" and path.name == OWN and seen.st_uid not in (os.geteuid(), path.parent.stat().st_uid):
        raise unsafe(path, "another-users", number=seen.st_uid)


def unsafe(path: Path, what: str, **values: object) -> EnvdocError:
    """The refusal of something planted where a file of ours should be; `what` names a sentence of `words/errors`."""
    from envdoc.findings import text

    return EnvdocError(
        text("errors", "unsafe", path=path, what=text("errors", what, **values)),
        hint=text("errors", "unsafe-hint"),
        code="envdoc-folder-unsafe",
    )


def checked(path: Path) -> bool:
    """Whether the folders of ours above `path` are there.

    Raises:
        EnvdocError: `envdoc-folder-unsafe`.
    """
    for each in _ours(path.parent):
        try:
            _check(each)
        except (FileNotFoundError, NotADirectoryError):
            return False
    return True


def write_whole(path: Path, text: str, mode: int = PRIVATE) -> None:
    """Replace a file at once: a new file, fsync, rename, fsync of the folder.

    Raises:
        EnvdocError: `envdoc-folder-unsafe`.
        OSError: no space, no permission; then the old content stays.
    """
    make_folder(path.parent)
    staging = path.with_name(path.name + ".new")
    staging.unlink(missing_ok=True)
    handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, mode)
    try:
        try:
            write_all(handle, text.encode("utf-8", "surrogateescape"))
            os.fsync(handle)
        finally:
            os.close(handle)
        staging.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            staging.unlink()
        raise
    sync_folder(path.parent)


def open_append(path: Path) -> int:
    """A handle that adds to a file of ours, made where it is not there.

    Raises:
        EnvdocError: `envdoc-folder-unsafe`: a link, a device, or a file that has another name elsewhere.
        OSError: no space, no permission.
    """
    make_folder(path.parent)
    made = not os.path.lexists(path)
    try:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | _FLAGS, PRIVATE)
    except OSError:
        if path.is_symlink():
            raise unsafe(path, "a-link") from None
        raise
    seen = os.fstat(handle)
    if not stat.S_ISREG(seen.st_mode) or seen.st_nlink > 1 or (os.name == "nt" and path.is_symlink()):
        os.close(handle)
        raise unsafe(path, "no-own-file")
    if made:
        sync_folder(path.parent)
    return handle


def append(path: Path, data: bytes) -> None:
    """Add whole lines and wait until they are on disk; a line that a kill cut short is closed first.

    Raises:
        EnvdocError, OSError: as `open_append`. Then the lines count as not written.
    """
    handle = open_append(path)
    try:
        size = os.fstat(handle).st_size
        if size and not _ends_whole(handle, size):
            data = b"\n" + data
        write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes) -> None:
    """All of it, however little the system takes at once."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def _ends_whole(handle: int, size: int) -> bool:
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"


def read(path: Path, limit: int = LIMIT) -> bytes | None:
    """A file's content; None where it is missing, longer, a link, no plain file, or cannot be read."""
    found = tail(path, limit + 1)
    return None if found is None or len(found) > limit else found


def tail(path: Path, limit: int) -> bytes | None:
    """A file's last bytes, at most `limit`; None where it is missing, a link, no plain file, or cannot be read."""
    try:
        if not checked(path):
            return None
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _FLAGS)
    except (OSError, EnvdocError):
        return None
    try:
        return _last(handle, limit)
    except OSError:
        return None
    finally:
        os.close(handle)


def _last(handle: int, limit: int) -> bytes | None:
    seen = os.fstat(handle)
    if not stat.S_ISREG(seen.st_mode):  # a folder can be opened too
        return None
    os.lseek(handle, max(0, seen.st_size - limit), os.SEEK_SET)
    parts: list[bytes] = []
    while limit > 0 and (part := os.read(handle, min(limit, 1 << 20))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def remove(path: Path) -> None:
    """Take a file of ours away, if it is there.

    Raises:
        EnvdocError, OSError: as `write_whole`.
    """
    if checked(path) and os.path.lexists(path):
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def json_of(data: bytes | None) -> object:
    """The JSON value of a file or a line; None where it is not one, nested beyond reading included."""
    try:
        return jsontext.loads(data.decode("utf-8"), any_number=True) if data else None
    except ValueError:
        return None


def line_of(value: object) -> bytes:
    """One line that is one JSON value, whatever letters are in it: names that are no text (a file system's bytes)
    are escaped as Python's surrogates, and so are the letters that some take for the end of a line."""
    return json.dumps(value).encode("ascii") + b"\n"


def sync_all() -> None:
    """Wait until all that was written is on the disk, names included: where the next step takes away what it could be
    made anew from. Windows has no call for this."""
    if sys.platform != "win32":
        os.sync()


def sync_folder(path: Path) -> None:
    """Make a rename or a new file in `path` durable. Windows has no handle for this and needs none."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
