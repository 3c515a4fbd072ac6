"""Python's own word for a system, `platform.platform()`, and the systems' words for themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Linux-6.8.0-52-generic-x86_64-with-glibc2.39 · Linux-5.15.167.4-microsoft-standard-WSL2-x86_64-with-glibc2.35
_LINUX = re.compile(
    r"Linux-(?P<kernel>\S{1,80}?)-(?P<arch>x86_64|aarch64|amd64)(?:-with-(?P<libc>\w+?)-?(?P<v>2\.\d+))?"
)
# Windows-11-10.0.26100-SP0 · Windows-10-10.0.22631-SP0
_WINDOWS = re.compile(r"Windows-(?P<name>\w{1,8})-(?P<version>10\.0\.\d{4,6})")
# Ubuntu 24.04.3 LTS (x86_64) · Microsoft Windows 11 Pro (10.0.26100 64-bit) · Debian GNU/Linux 12 (bookworm) (x86_64)
_ARCH = re.compile(
    r"\((x86_64|aarch64|arm64|AMD64|64-bit|64 ?位)\)\s*$|\((10\.0\.\d{4,6})[, ].{0,12}64", re.IGNORECASE
)
_ARCHES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}

Rows = Iterator[tuple[str, str]]


def platform(text: str) -> Rows:
    """What `platform.platform()` tells: system, kernel, architecture, C library, WSL."""
    linux, windows = _LINUX.search(text), _WINDOWS.search(text)
    if linux:
        yield "os.system", "linux"
        yield "os.kernel", linux["kernel"]
        yield "os.arch", _ARCHES[linux["arch"]]
        yield "os.wsl", _wsl(linux["kernel"])
        if linux["v"]:
            yield "os.libc", f"{linux['libc']} {linux['v']}"
    elif windows:
        yield "os.system", "windows"
        yield "os.version", windows["version"]
    elif text.startswith(("macOS-", "Darwin-")):
        yield "os.system", "darwin"


def _wsl(kernel: str) -> str:
    if "microsoft" not in kernel.lower():
        return "0"
    return "2" if "WSL2" in kernel else "1"


def system(text: str) -> Rows:
    """What a system calls itself: name, version, architecture."""
    found = _ARCH.search(text)
    name = text[: found.start()].strip() if found else text.strip()
    yield "os.name", name.removeprefix("Microsoft ").strip()
    if found and found[1] and found[1].lower() in _ARCHES:
        yield "os.arch", _ARCHES[found[1].lower()]
    if "Windows" in name:
        yield "os.system", "windows"
        if found and found[2]:
            yield "os.version", found[2]
    elif "macOS" in name or "Mac OS" in name:
        yield "os.system", "darwin"
    elif (found and found[1]) or re.search(r"Linux|Ubuntu|Debian|Fedora|CentOS|SUSE|Arch", name):
        yield "os.system", "linux"
        number = re.search(r"\b(\d{1,2}(?:\.\d{1,2})?)\b", name)
        if number:
            yield "os.version", number[1]
