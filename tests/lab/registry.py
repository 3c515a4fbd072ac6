r"""Values of the registry for as long as a test takes.

    with registry.values({r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem": {"LongPathsEnabled": 1}}): ...

A str is written as REG_SZ, an int as REG_DWORD, bytes as REG_BINARY, a list as REG_MULTI_SZ; None takes it away.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping

Value = str | int | bytes | list[str] | None
Keys = Mapping[str, Mapping[str, Value]]

_CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
_MEMORY = _CONTROL + r"\Session Manager\Memory Management"
_RUNTIME = r"HKLM\SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\X64"

# A Windows on which nothing is wrong: long paths, a page file of 32 GiB, the Visual C++ runtime, developer mode.
WELL: Keys = {
    _CONTROL + r"\FileSystem": {"LongPathsEnabled": 1},
    _MEMORY: {"PagingFiles": [r"C:\pagefile.sys 32768 65536"]},
    _RUNTIME: {"Installed": 1, "Major": 14, "Minor": 44, "Bld": 35211},
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\AppModelUnlock": {"AllowDevelopmentWithoutDevLicense": 1},
}

if sys.platform == "win32":
    import winreg

    _ROOTS = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}

    @contextlib.contextmanager
    def values(keys: Keys) -> Iterator[None]:
        """These values, and afterwards what was there before."""
        before: list[tuple[str, str, Value, int]] = []
        try:
            for key, wanted in keys.items():
                for name, value in wanted.items():
                    before.append((key, name, *_read(key, name)))
                    _write(key, name, value, _kind(value))
            yield
        finally:
            for key, name, value, kind in reversed(before):
                _write(key, name, value, kind)

    def _open(key: str) -> winreg.HKEYType:
        root, _, rest = key.partition("\\")
        return winreg.CreateKeyEx(_ROOTS[root], rest, 0, winreg.KEY_ALL_ACCESS | winreg.KEY_WOW64_64KEY)

    def _read(key: str, name: str) -> tuple[Value, int]:
        with _open(key) as handle:
            try:
                return winreg.QueryValueEx(handle, name)
            except FileNotFoundError:
                return None, winreg.REG_NONE

    def _write(key: str, name: str, value: Value, kind: int) -> None:
        with _open(key) as handle:
            if value is not None:
                winreg.SetValueEx(handle, name, 0, kind, value)
                return
            with contextlib.suppress(FileNotFoundError):
                winreg.DeleteValue(handle, name)

    def _kind(value: Value) -> int:
        kinds = {str: winreg.REG_SZ, int: winreg.REG_DWORD, bytes: winreg.REG_BINARY, list: winreg.REG_MULTI_SZ}
        return kinds.get(type(value), winreg.REG_NONE)
