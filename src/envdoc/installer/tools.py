"""Where uv is: the binary that came with envdoc, else the one on PATH."""

from __future__ import annotations

import sys
from pathlib import Path

from envdoc.errors import EnvdocError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.model.machine import System


def find_uv(host: Host) -> str:
    """The path of uv.

    Raises:
        EnvdocError: `engine-missing`.
    """
    name = "uv.exe" if host.system is System.WINDOWS else "uv"
    beside = Path(sys.executable).parent / name
    if host.stat(str(beside)).known:
        return str(beside)
    found = _installed() or host.which("uv")
    if found:
        return found
    raise EnvdocError(
        text("errors", "no-uv"),
        hint=text("errors", "no-uv-hint"),
        code="engine-missing",
    )


def _installed() -> str | None:
    try:
        from uv import find_uv_bin  # only needed where it is not beside the interpreter
    except ImportError:
        return None
    try:
        return str(find_uv_bin())
    except FileNotFoundError:
        return None
