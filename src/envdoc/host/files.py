"""Reading this machine's files and folders, each answer a Fact. Nothing here follows a pipe or a device."""

from __future__ import annotations

import codecs
import errno
import os
import stat as modes
import sys
from typing import Any

from envdoc.host.base import MEMORY, Stat, Usage
from envdoc.model.facts import Fact, Why, known, missing

_MIB = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),  # what PowerShell 5's `>` writes
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def missing_for(error: Exception, path: str) -> Fact[Any]:
    """The missing fact for an OSError at `path`."""
    detail = getattr(error, "strerror", None) or str(error)
    if isinstance(error, (FileNotFoundError, NotADirectoryError)) or _no_name(error):
        return missing(Why.ABSENT, path)
    if isinstance(error, PermissionError):
        return missing(Why.DENIED, path, detail, errno_name(error))
    return missing(Why.FAILED, path, detail, errno_name(error))


def _no_name(error: Exception) -> bool:
    """Whether no file of Windows can have this name (a tab or `?` in it): 123, a bare EINVAL where one is opened."""
    if not isinstance(error, OSError) or error.errno != errno.EINVAL:
        return False
    told = getattr(error, "winerror", None)
    return told == 123 or (sys.platform == "win32" and told is None)


def errno_name(error: Exception) -> str:
    """`EACCES` of an OSError; "" where there is no number."""
    number = getattr(error, "errno", None)
    return errno.errorcode.get(number, "") if isinstance(number, int) else ""


def read(path: str, limit: int) -> Fact[str]:
    """A text file's first `limit` bytes; UTF-8, or what its byte order mark says."""
    try:
        fd = _open(path)
        try:
            if not modes.S_ISREG(os.fstat(fd).st_mode):
                return missing(Why.UNSUPPORTED, path, "not a regular file")
            data = _read_up_to(fd, limit)
        finally:
            os.close(fd)
    except (OSError, ValueError) as error:
        return missing_for(error, path)
    return known(_text(data), path)


def _open(path: str) -> int:
    # O_NONBLOCK: opening a named pipe must not wait for its other end
    if sys.platform == "win32":
        return os.open(path, os.O_RDONLY | os.O_BINARY)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def _read_up_to(fd: int, limit: int) -> bytes:
    parts: list[bytes] = []
    left = limit
    while left > 0 and (part := os.read(fd, min(left, _MIB))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _text(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def listdir(path: str) -> Fact[tuple[str, ...]]:
    """The names in a folder, sorted."""
    try:
        return known(tuple(sorted(os.listdir(path))), path)  # noqa: PTH208 - names, not Paths
    except NotADirectoryError as error:
        return missing(Why.UNSUPPORTED, path, error.strerror or "not a folder")
    except (OSError, ValueError) as error:
        if os.path.isfile(path):  # noqa: PTH113 - wine says 123, "wrong name"
            return missing(Why.UNSUPPORTED, path, "not a folder")
        return missing_for(error, path)


def stat(path: str) -> Fact[Stat]:
    """Size, kind and time of what `path` leads to; of the link itself where it leads nowhere."""
    try:
        link = os.lstat(path)
        is_link = modes.S_ISLNK(link.st_mode)
        info = link
        if is_link:
            try:
                info = os.stat(path)  # noqa: PTH116
            except OSError:
                return missing(Why.ABSENT, path, "a link that leads nowhere")
    except (OSError, ValueError) as error:
        return missing_for(error, path)
    return known(Stat(info.st_size, modes.S_ISDIR(info.st_mode), is_link, info.st_mtime, info.st_ino), path)


def realpath(path: str) -> str:
    """The path without links; `path` itself where it does not exist."""
    try:
        return os.path.realpath(path, strict=True)
    except (OSError, ValueError):
        return path


def disk(path: str) -> Fact[Usage]:
    """Space of the file system that holds `path`, or its nearest existing parent."""
    place = os.path.abspath(path)  # noqa: PTH100
    while not os.path.exists(place) and os.path.dirname(place) != place:  # noqa: PTH110, PTH120
        place = os.path.dirname(place)  # noqa: PTH120
    try:
        free, total = _space(place)
    except (OSError, ValueError) as error:
        return missing_for(error, path)
    return known(Usage(free // _MIB, total // _MIB), place)


def _space(place: str) -> tuple[int, int]:
    """Bytes that this user may still write, and all bytes."""
    if sys.platform == "win32":
        from envdoc.host import winspace

        return winspace.space(place)
    told = os.statvfs(place)
    return told.f_bavail * told.f_frsize, told.f_blocks * told.f_frsize


def memory() -> Fact[Usage]:
    """Main memory as Windows tells it."""
    if sys.platform != "win32":
        return missing(Why.UNSUPPORTED, MEMORY, "only Windows has this call")
    from envdoc.host import winspace

    try:
        available, total = winspace.memory()
    except OSError as error:
        return missing_for(error, MEMORY)
    return known(Usage(available // _MIB, total // _MIB), MEMORY)
