"""A tool's version: from the names of files beside it where they tell, else from a bounded `--version`."""

from __future__ import annotations

import re

from envdoc.host.base import Host
from envdoc.probe import paths

_TIMEOUT = 3.0
# Asking these takes a Python start or more; their version decides nothing.
_NOT_ASKED = {"pip", "conda", "mamba", "make", "nmake"}
# Neither does these tools' version, and one from a wheel is a Python program: asked only for a thorough look.
_THOROUGH = {"cmake", "ninja", "git", "uv", "clang"}


def version_of(host: Host, path: str, *, thorough: bool = False) -> str:
    """`12.2.0`, or `12` where only the file's name tells it; "" where nothing does."""
    name = re.sub(r"\.(exe|bat|cmd)$", "", paths.name(host, path).lower())
    if name in _NOT_ASKED:
        return ""
    told = _from_files(host, name, path)
    if told or (name in _THOROUGH and not thorough):
        return told
    arguments = () if name == "cl" else ("--version",)
    done = host.run((path, *arguments), timeout=_TIMEOUT)
    return parse(done.stdout + "\n" + done.stderr)


def parse(text: str) -> str:
    """The first version in a tool's own words:

    `gcc (Ubuntu 13.3.0-6ubuntu2~24.04.1) 13.3.0`, `cmake version 3.25.1`, `git version 2.43.0`, `1.11.1`,
    `Microsoft (R) C/C++ Optimizing Compiler Version 19.44.35211 for x64`, `clang version 18.1.3 (1ubuntu1)`.
    """
    lines = text.strip().splitlines()
    line = re.sub(r"\([^)]*\)", "", lines[0]) if lines else ""  # a distribution's own number stands in brackets
    found = re.search(r"\d+(?:\.\d+)+", line)
    return found[0] if found else ""


def _from_files(host: Host, name: str, path: str) -> str:
    """Versions that need no process: Debian's compilers are links to `x86_64-linux-gnu-gcc-12`."""
    if name in ("gcc", "g++", "clang", "clang++", "c++", "cc"):
        return _compiler(host, host.realpath(path))
    if name == "cmake":
        return _cmake(host, host.realpath(path))
    return ""


def _compiler(host: Host, real: str) -> str:
    """GCC keeps its major, or its whole version, as a folder's name: /usr/lib/gcc/x86_64-linux-gnu/12."""
    found = re.search(r"-(\d+(?:\.\d+)*)$", paths.name(host, real))
    if found:
        return found[1]
    if "gcc" not in real and "g++" not in real:
        return ""
    base = paths.join(host, paths.parent(host, paths.parent(host, real)), "lib", "gcc")
    for triple in host.listdir(base).or_else(()):
        versions = host.listdir(paths.join(host, base, triple)).or_else(())
        if triple.startswith(host.arch) and len(versions) == 1:
            return versions[0]
    return ""


def _cmake(host: Host, real: str) -> str:
    """`share/cmake-3.25/Modules` beside it tells the minor; CMake itself takes 10 ms to say the patch."""
    share = paths.join(host, paths.parent(host, paths.parent(host, real)), "share")
    minors = [name[6:] for name in host.listdir(share).or_else(()) if re.fullmatch(r"cmake-\d+\.\d+", name)]
    return minors[0] if len(minors) == 1 else ""
