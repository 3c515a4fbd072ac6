"""An engine that outlived a killed envdoc may still be writing: wait for it before going on.

uv locks the environment itself, pip does not. The engine's process carries a variable with the environment's
path (child.MARK), which Linux lets us read; elsewhere the Host ends children with us.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from envdoc.errors import EnvdocError
from envdoc.host.base import Host
from envdoc.installer.child import MARK
from envdoc.installer.folder import Folder
from envdoc.model.machine import System

PATIENCE = 600.0  # seconds


def wait(
    host: Host, folder: Folder, *, tell: Callable[[str], None] = lambda _: None, patience: float = PATIENCE
) -> None:
    """Return once no earlier run's engine works in this environment.

    Raises:
        EnvdocError: `environment-busy`, it has not ended in time.
    """
    if host.system is not System.LINUX:
        return
    until = time.monotonic() + patience
    told = False
    while found := working_in(folder):
        if not told:
            tell(f"waiting for process {found[0]}, begun by an earlier run, to end")
            told = True
        if time.monotonic() > until:
            raise EnvdocError(
                f"process {found[0]}, begun by an earlier run, is still installing into {folder.root}",
                hint=f"wait until it has ended, or end it: `kill {found[0]}`",
                code="environment-busy",
            )
        time.sleep(0.1)


def working_in(folder: Folder) -> tuple[int, ...]:
    """Processes, other than ours, that carry the mark of this environment."""
    mark = f"{MARK}={folder.root}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            held = path.read_bytes().split(b"\0")
        except OSError:  # ended meanwhile, or another user's
            continue
        if mark in held:
            found.append(int(path.parent.name))
    return tuple(found)
