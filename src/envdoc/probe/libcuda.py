"""Which libcuda a program started here would load: every file that the loader may take, in its own order."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.machine import System
from envdoc.probe import paths

_NAME = "libcuda.so.1"
# Also where the loader's cache does not tell: musl, containers without one, WSL, NixOS.
_FOLDERS = ("/usr/lib/wsl/lib", "/run/opengl-driver/lib", "/lib64", "/usr/lib64", "/lib", "/usr/lib")
_CACHE = "/etc/ld.so.cache"


def identities(host: Host) -> tuple[str, ...]:
    """One line for each libcuda that the loader may take: its path, what it leads to, and that file's identity.

    Another file in another folder, one that is replaced, and another view of the file system (a container's) all
    give other lines.
    """
    return tuple(_identity(host, path) for path in candidates(host) if paths.exists(host, path))


def candidates(host: Host) -> tuple[str, ...]:
    """Paths in the loader's order: LD_LIBRARY_PATH, its cache, its own folders."""
    if host.system is System.WINDOWS:
        root = host.environ.get("SystemRoot", r"C:\Windows")
        return (rf"{root}\System32\nvcuda.dll",)
    named = [each for each in host.environ.get("LD_LIBRARY_PATH", "").split(":") if each]
    first = [paths.join(host, paths.expand(host, folder), _NAME) for folder in named]
    # a binary file of paths that end in a NUL: "/usr/lib/x86_64-linux-gnu/libcuda.so.1"
    cached = host.search(_CACHE, rb"/[\x21-\x7e]*/libcuda\.so\.1", first=False).or_else(())
    return tuple(dict.fromkeys((*first, *cached, *(f"{folder}/{_NAME}" for folder in _FOLDERS))))


def view(host: Host) -> str:
    """Which view of the file system this process has: the mount namespace by its inode; "" where there are none."""
    stat = host.stat("/proc/self/ns/mnt").value
    return str(stat.inode) if stat else ""


def _identity(host: Host, path: str) -> str:
    real = host.realpath(path)
    stat = host.stat(real).value
    told = (stat.size, stat.mtime, stat.inode) if stat else ()
    return " ".join((path, real, *map(str, told)))
