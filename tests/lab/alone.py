"""One test of a whole Windows at a time, whatever started it: pytest's workers, two terminals.

A driver and the registry are there once. pytest-xdist's own groups do nothing since pytest 9.2 (3.8.0 writes a
group's name where pytest does not read it any more), and would not hold between two runs.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_LIMIT = 1800.0  # seconds; whoever holds it ends long before


@contextlib.contextmanager
def whole_windows() -> Iterator[None]:
    """Held by one process; the system lets go of it when that process ends, however that happens."""
    if sys.platform != "win32":
        yield
        return
    import msvcrt

    with (Path(tempfile.gettempdir()) / "envdoc-whole-windows.lock").open("a+b") as lock:
        until = time.monotonic() + _LIMIT
        while not _taken(lock.fileno()):
            if time.monotonic() > until:
                raise TimeoutError(f"another test has held {lock.name} for {_LIMIT:.0f} s")
            time.sleep(0.2)
        try:
            yield
        finally:
            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_UNLCK, 1)


if sys.platform == "win32":

    def _taken(file: int) -> bool:
        import msvcrt
        import os

        os.lseek(file, 0, os.SEEK_SET)
        with contextlib.suppress(OSError):
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            return True
        return False
