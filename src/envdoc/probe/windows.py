"""What only Windows has: long paths, the page file, the VC++ runtime, developer mode, GPU scheduling."""

from __future__ import annotations

import re

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System, WindowsFacts

_CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
_MEMORY = _CONTROL + r"\Session Manager\Memory Management"
_RUNTIME = r"HKLM\SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\X64"
_DEVELOPER = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\AppModelUnlock"


def probe(host: Host) -> WindowsFacts:
    """Windows' settings by the registry; UNSUPPORTED elsewhere."""
    if host.system is not System.WINDOWS:
        gone: Fact[bool] = missing(Why.UNSUPPORTED, "registry")
        size: Fact[int] = missing(Why.UNSUPPORTED, "registry")
        version: Fact[str] = missing(Why.UNSUPPORTED, "registry")
        return WindowsFacts(gone, size, version, gone, gone)
    return WindowsFacts(
        long_paths=_flag(host, _CONTROL + r"\FileSystem", "LongPathsEnabled", on=1),
        page_file_mib=_page_file(host),
        vc_runtime=_vc_runtime(host),
        developer_mode=_flag(host, _DEVELOPER, "AllowDevelopmentWithoutDevLicense", on=1),
        hags=_flag(host, _CONTROL + r"\GraphicsDrivers", "HwSchMode", on=2),
    )


def _flag(host: Host, key: str, value: str, *, on: int) -> Fact[bool]:
    """A DWORD as a switch; a value that was never written is Windows' default, off."""
    told = host.registry(key, value)
    if told.why is Why.ABSENT:
        return known(False, "registry")
    return missing(told.why, "registry", told.detail, told.code) if told.why else known(told.value == on, "registry")


def _page_file(host: Host) -> Fact[int]:
    r"""The page files' size together: `C:\pagefile.sys 16384 32768` (MiB, least and most), or `?:\pagefile.sys`
    where Windows decides; then the present file's own size."""
    told = host.registry(_MEMORY, "PagingFiles")
    if told.value is None:
        return missing(told.why or Why.ABSENT, "registry", told.detail, told.code)
    sizes = [int(most) for _, most in re.findall(r"\.sys\s+(\d+)\s+(\d+)", str(told.value), re.IGNORECASE)]
    if any(sizes):
        return known(sum(sizes), "registry")
    if not str(told.value).strip():
        return known(0, "registry")
    present = host.stat(r"C:\pagefile.sys")
    if present.value is not None and present.value.size:
        return known(present.value.size >> 20, "pagefile.sys")
    return missing(Why.DENIED, "pagefile.sys", "Windows manages its size")


def _vc_runtime(host: Host) -> Fact[str]:
    """`14.44.35211` of the redistributable's own keys."""
    installed = host.registry(_RUNTIME, "Installed")
    parts = [host.registry(_RUNTIME, name) for name in ("Major", "Minor", "Bld")]
    if installed.or_else(0) != 1 or not all(part.known for part in parts):
        return missing(installed.why or Why.ABSENT, "registry", installed.detail or "not installed", installed.code)
    return known(".".join(str(part.value) for part in parts), "registry")
