"""Which file a program's name means, by PATH and PATHEXT. Pure: Windows' rules are tested on Linux."""

from __future__ import annotations

import ntpath
import posixpath
from collections.abc import Iterator

from envdoc.model.machine import System

_PATHEXT = ".COM;.EXE;.BAT;.CMD"
# What can be started. PATHEXT names scripts too (.VBS, .JS, .MSC), which only a shell hands to their own programs; to
# look for each tool under each of them in each folder is most of what a look at PATH costs.
_PROGRAMS = frozenset((".com", ".exe", ".bat", ".cmd"))


def candidates(name: str, path: str, pathext: str, system: System) -> Iterator[str]:
    """The files to look for, in order. A name with a folder in it is looked for only there.

    On Windows the current folder is not searched (PowerShell does not either, and a stray `git.exe` in a
    project must not be run).
    """
    if not name:
        return
    windows = system is System.WINDOWS
    flavour = ntpath if windows else posixpath
    names = _with_extensions(name, pathext) if windows else (name,)
    folders = [""] if flavour.dirname(name) else path.split(";" if windows else ":")
    seen = set()
    for raw in folders:
        folder = raw.strip().strip('"') if windows else raw
        if folder in seen or (not folder and not flavour.dirname(name)):
            continue
        seen.add(folder)
        yield from (flavour.join(folder, each) for each in names)


def _with_extensions(name: str, pathext: str) -> tuple[str, ...]:
    extensions = [part for part in (pathext or _PATHEXT).split(";") if part.lower() in _PROGRAMS]
    if any(name.lower().endswith(extension.lower()) for extension in extensions):
        return (name,)
    return tuple(name + extension.lower() for extension in extensions)


def in_windows_apps(path: str) -> bool:
    r"""Whether `path` lies in `...\Microsoft\WindowsApps`, where the Store keeps its 0-byte aliases."""
    return ntpath.dirname(path).lower().endswith(r"microsoft\windowsapps")
