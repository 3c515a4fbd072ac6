r"""The Microsoft Store's stubs: `python.exe` in `...\Microsoft\WindowsApps` that only opens the Store.

They are App Execution Aliases, files of 0 bytes with a reparse point; so are those of a Python that was
installed from the Store. What tells them apart is the program that the reparse point names.
"""

from __future__ import annotations

import ctypes
import sys

_TAG = 0x8000001B  # IO_REPARSE_TAG_APPEXECLINK
_REDIRECTOR = "appinstallerpythonredirector.exe"


def alias_target(data: bytes) -> str:
    r"""The program that an App Execution Alias's reparse data names; "" where it is none.

    The data: tag (4 bytes), length (2), reserved (2), version (4), then UTF-16 strings that end in a zero:
    package id, entry point, `C:\...\python.exe`, type.
    """
    if len(data) < 12 or int.from_bytes(data[:4], "little") != _TAG:
        return ""
    length = int.from_bytes(data[4:6], "little")
    strings = data[12 : 8 + length].decode("utf-16-le", "replace").split("\0")
    return strings[2] if len(strings) > 2 else ""


def is_stub(path: str) -> bool:
    """Whether `path` is an alias of the Store's own redirector, not of a program."""
    return alias_target(_reparse_data(path)).lower().endswith(_REDIRECTOR)


def _reparse_data(path: str) -> bytes:
    if sys.platform != "win32":
        return b""
    kernel = ctypes.windll.kernel32
    kernel.CreateFileW.restype = ctypes.c_void_p
    # FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, OPEN_EXISTING, all sharing
    handle = ctypes.c_void_p(kernel.CreateFileW(path, 0, 7, None, 3, 0x02200000, None))
    if handle.value in (None, ctypes.c_void_p(-1).value):
        return b""
    buffer, size = ctypes.create_string_buffer(16384), ctypes.c_ulong()
    try:  # FSCTL_GET_REPARSE_POINT
        done = kernel.DeviceIoControl(handle, 0x000900A8, None, 0, buffer, len(buffer), ctypes.byref(size), None)
        return buffer.raw[: size.value] if done else b""
    finally:
        kernel.CloseHandle(handle)
