"""One run at a time in an environment, by a lock of the operating system on `.envdoc/lock`.

The system drops the lock when its holder dies, however it dies, so there is no stale lock to judge. The file
says who holds it, for the message only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from envdoc.errors import EnvdocError
from envdoc.findings import text
from envdoc.installer import safefile

_TRIES = 20


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the environment's lock. A lock file that its holder takes away with the environment is no lock any more:
    what is locked must still be what `path` names.

    Raises:
        EnvdocError: `environment-busy`, another run holds it; `envdoc-folder-unsafe`.
        OSError: the file cannot be made.
    """
    handle = _held(path)
    try:
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


def _held(path: Path) -> int:
    gone: FileNotFoundError | None = None
    for _ in range(_TRIES):
        try:
            handle = safefile.open_append(path)
        except FileNotFoundError as error:  # the folder was taken away in between, or Windows refuses its name
            gone = error
            continue
        if not _take(handle):
            os.close(handle)
            raise _busy(path)
        if _still(handle, path):
            return handle
        os.close(handle)
        gone = None
    raise gone or _busy(path)


def _still(handle: int, path: Path) -> bool:
    if os.name == "nt":  # an open file keeps its name there
        return True
    try:
        named = path.lstat()
    except OSError:
        return False
    held = os.fstat(handle)
    return (named.st_dev, named.st_ino) == (held.st_dev, held.st_ino)


def _busy(path: Path) -> EnvdocError:
    holder = (safefile.read(path, 64) or b"").decode("ascii", "replace").strip()
    return EnvdocError(
        text("errors", "busy", pid=holder if holder.isdigit() else "", folder=path.parent.parent),
        hint=text("errors", "busy-hint"),
        code="environment-busy",
    )


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 20

    def _take(handle: int) -> bool:
        # Windows lets nobody else read a locked byte: one far behind the text that names the holder
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
