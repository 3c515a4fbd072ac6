"""How much memory and disk space a Windows has, by its own two calls. Neither waits for a driver or a network drive
that is not there for longer than the file system itself does.

Source: learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-globalmemorystatusex and
.../fileapi/nf-fileapi-getdiskfreespaceexw, read 2026-11-27.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


class _Memory(ctypes.Structure):
    """MEMORYSTATUSEX."""

    _fields_ = (
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        ("total", ctypes.c_ulonglong),
        ("available", ctypes.c_ulonglong),
        ("page_files_and_virtual", ctypes.c_ulonglong * 5),
    )


def memory() -> tuple[int, int]:
    """Bytes of main memory that are available, and all of them.

    Raises:
        OSError: Windows refuses.
    """
    told = _Memory(ctypes.sizeof(_Memory))
    _demand(_kernel().GlobalMemoryStatusEx(ctypes.byref(told)))
    return told.available, told.total


def space(folder: str) -> tuple[int, int]:
    """Bytes that this user may still write to the folder's disk, and all of it.

    Raises:
        OSError: Windows refuses.
    """
    free, total = ctypes.c_ulonglong(), ctypes.c_ulonglong()
    _demand(_kernel().GetDiskFreeSpaceExW(folder, ctypes.byref(free), ctypes.byref(total), None))
    return free.value, total.value


@cache
def _kernel() -> Any:
    if sys.platform != "win32":
        raise NotImplementedError("only Windows has these calls")
    return ctypes.WinDLL("kernel32", use_last_error=True)


def _demand(done: int) -> None:
    if not done and sys.platform == "win32":
        raise ctypes.WinError(ctypes.get_last_error())
