r"""The Windows registry. Keys are written `HKLM\SOFTWARE\...`; the 64-bit view is asked, also by a 32-bit Python."""

from __future__ import annotations

import sys
from typing import Any

from envdoc.host.files import errno_name
from envdoc.model.facts import Fact, Why, known, missing

_NOT_HERE = "only Windows has a registry"


def value(key: str, name: str) -> Fact[str | int]:
    """A value of `key`; `name` "" is its default value. Strings are expanded, binary values are hexadecimal."""
    if sys.platform != "win32":
        return missing(Why.UNSUPPORTED, key, _NOT_HERE)
    import winreg

    try:
        with _open(key) as handle:
            data, kind = winreg.QueryValueEx(handle, name)
    except OSError as error:
        return _missing(error, key)
    if kind == winreg.REG_EXPAND_SZ:
        data = winreg.ExpandEnvironmentStrings(data)
    return known(_plain(data), key)


def keys(key: str) -> Fact[tuple[str, ...]]:
    """The names of the keys below `key`."""
    if sys.platform != "win32":
        return missing(Why.UNSUPPORTED, key, _NOT_HERE)
    import winreg

    try:
        with _open(key) as handle:
            return known(tuple(winreg.EnumKey(handle, n) for n in range(winreg.QueryInfoKey(handle)[0])), key)
    except OSError as error:
        return missing(_why(error), key, error.strerror or str(error), errno_name(error))


def split(key: str) -> tuple[str, str]:
    r"""`("HKEY_LOCAL_MACHINE", "SOFTWARE\\X")` of `HKLM\SOFTWARE\X`; an empty first part for an unknown root."""
    short = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER", "HKCR": "HKEY_CLASSES_ROOT"}
    root, _, rest = key.partition("\\")
    long = short.get(root.upper(), root.upper())
    return (long if long in short.values() else ""), rest


def _plain(data: object) -> str | int:
    if isinstance(data, (str, int)):
        return data
    if isinstance(data, bytes):
        return data.hex()
    if isinstance(data, list):  # REG_MULTI_SZ
        return "\n".join(str(item) for item in data)
    return ""


def _why(error: OSError) -> Why:
    if isinstance(error, FileNotFoundError):
        return Why.ABSENT
    return Why.DENIED if isinstance(error, PermissionError) else Why.FAILED


def _missing(error: OSError, key: str) -> Fact[str | int]:
    return missing(_why(error), key, error.strerror or str(error), errno_name(error))


def _open(key: str) -> Any:
    if sys.platform != "win32":
        raise NotImplementedError(_NOT_HERE)
    import winreg

    root, rest = split(key)
    if not root:
        raise FileNotFoundError(2, f"unknown root: {key}")
    return winreg.OpenKey(getattr(winreg, root), rest, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)
