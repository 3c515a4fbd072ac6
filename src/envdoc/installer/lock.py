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


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the environment's lock.

    Raises:
        EnvdocError: `environment-busy`, another run holds it.
        OSError: the file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(handle):
            raise _busy(path)
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


def _busy(path: Path) -> EnvdocError:
    try:
        holder = path.read_text().strip()
    except OSError:
        holder = ""
    named = f" (process {holder})" if holder.isdigit() else ""
    return EnvdocError(
        f"another envdoc{named} is working in {path.parent.parent}",
        hint="wait until it has ended, then run the same command again",
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
