"""Large files as streams of bytes. Nothing here follows a pipe or a device."""

from __future__ import annotations

import os
import stat as modes
import sys
from typing import BinaryIO

_BUFFER = 1 << 20


def open_binary(path: str) -> BinaryIO:
    """A regular file, open for reading.

    Raises:
        OSError: it is not there, may not be read, or is no regular file.
    """
    if sys.platform == "win32":
        handle = os.open(path, os.O_RDONLY | os.O_BINARY)
    else:  # O_NONBLOCK: opening a named pipe must not wait for its other end
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not modes.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(0, "not a regular file", path)
    return os.fdopen(handle, "rb", buffering=_BUFFER)
