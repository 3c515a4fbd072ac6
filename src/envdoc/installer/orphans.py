"""An engine that outlived a killed envdoc may still be writing: wait for it before going on.

uv locks the environment itself, pip does not. The engine's process carries a variable with the environment's
path (child.MARK), which Linux lets us read; elsewhere the Host ends children with us.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from envdoc.errors import EnvdocError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.installer import journal
from envdoc.installer.child import MARK
from envdoc.installer.folder import Folder
from envdoc.model.machine import System

PATIENCE = 600.0  # seconds


def wait(
    host: Host, folder: Folder, *, tell: Callable[[str], None] = lambda _: None, patience: float = PATIENCE
) -> None:
    """Return once the engine of a run that was killed no longer works in this environment.

    Raises:
        EnvdocError: `environment-busy`, it has not ended in time.
    """
    if host.system is not System.LINUX or not journal.is_open(journal.read(folder.journal)):
        return
    until = time.monotonic() + patience
    told = False
    while found := working_in(folder):
        if not told:
            tell(text("errors", "waiting", pid=found[0]))
            told = True
        if time.monotonic() > until:
            raise EnvdocError(
                text("errors", "still-installing", pid=found[0], folder=folder.root),
                hint=text("errors", "still-installing-hint", pid=found[0]),
                code="environment-busy",
            )
        time.sleep(0.1)


def working_in(folder: Folder) -> tuple[int, ...]:
    """Processes that carry the mark of this environment, and are engines: those have sessions of their own. Our
    own session (the shell that started us, what stands beside us in a pipe) may have inherited the mark."""
    mark = os.fsencode(f"{MARK}={folder.root}")
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            held = path.read_bytes().split(b"\0")
        except OSError:  # ended meanwhile, or another user's
            continue
        if mark in held and not _related(int(path.parent.name)):
            found.append(int(path.parent.name))
    return tuple(found)


def _related(pid: int) -> bool:
    """Whether the process is ours, above us, or in our session."""
    if sys.platform == "win32":
        return True
    above = os.getpid()
    while above > 1:
        if above == pid:
            return True
        above = _parent(above)
    try:
        return os.getsid(pid) == os.getsid(0)
    except OSError:  # ended meanwhile
        return True


def _parent(pid: int) -> int:
    """From `4242 (a (b) c) S 17 …`, 0 where it cannot be read."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return 0
    return int(fields[1]) if len(fields) > 1 else 0
