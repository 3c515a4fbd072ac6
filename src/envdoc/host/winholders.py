"""Which programs hold a file open, by Windows' Restart Manager, which installers ask before they replace a file.

Source: learn.microsoft.com/windows/win32/api/restartmanager, read 2026-11-26.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

_MORE_DATA = 234  # ERROR_MORE_DATA: the list has grown meanwhile
_KEY_LENGTH = 33  # CCH_RM_SESSION_KEY and a zero


class _Process(ctypes.Structure):
    """RM_PROCESS_INFO."""

    _fields_ = (
        ("pid", ctypes.c_uint),
        ("started", ctypes.c_uint * 2),
        ("name", ctypes.c_wchar * 256),
        ("service", ctypes.c_wchar * 64),
        ("kind", ctypes.c_uint),
        ("status", ctypes.c_uint),
        ("session", ctypes.c_uint),
        ("restartable", ctypes.c_int),
    )


def holders(path: str) -> tuple[str, ...]:
    """`python.exe (process 4242)` for each program that holds the file; none where Windows does not tell."""
    if sys.platform != "win32":
        return ()
    try:
        manager = ctypes.WinDLL("rstrtmgr")
        session = ctypes.c_uint()
        if manager.RmStartSession(ctypes.byref(session), 0, ctypes.create_unicode_buffer(_KEY_LENGTH)):
            return ()
        try:
            return _listed(manager, session, path)
        finally:
            manager.RmEndSession(session)
    except (OSError, AttributeError):  # no such library, or one without these functions
        return ()


def _listed(manager: Any, session: ctypes.c_uint, path: str) -> tuple[str, ...]:
    files = (ctypes.c_wchar_p * 1)(path)
    if manager.RmRegisterResources(session, 1, files, 0, None, 0, None):
        return ()
    needed, count, reasons = ctypes.c_uint(), ctypes.c_uint(0), ctypes.c_uint()
    found: Any = None
    for _ in range(3):
        code = manager.RmGetList(session, ctypes.byref(needed), ctypes.byref(count), found, ctypes.byref(reasons))
        if code != _MORE_DATA:
            break
        count = ctypes.c_uint(needed.value)
        found = (_Process * needed.value)()
    if code or found is None:
        return ()
    return tuple(f"{each.name} (process {each.pid})" for each in found[: count.value])
