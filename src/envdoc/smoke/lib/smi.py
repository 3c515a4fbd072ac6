"""nvidia-smi's csv query, the form that drivers keep stable (the banner is not)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def program() -> str | None:
    """Where nvidia-smi is; None where there is none."""
    found = shutil.which("nvidia-smi")
    if found or sys.platform != "win32":
        return found
    path = Path(os.environ.get("SystemRoot", r"C:\Windows")) / "System32" / "nvidia-smi.exe"  # noqa: SIM112
    return str(path) if path.exists() else None


def query(kit: Kit, *fields: str) -> dict[str, str]:
    """The fields of the proof's GPU: `{"pcie.link.gen.current": "5"}`. A field that this driver does not know,
    or this card does not have, is left out. Skips the proof where nvidia-smi cannot be asked."""
    path = program()
    if path is None:
        kit.skip("`nvidia-smi` is not on PATH")
    known = dict(ask(path, kit.select, *fields))
    if known:
        return known
    for field in fields:  # one unknown field fails the whole query
        known.update(ask(path, kit.select, field))
    return known


def ask(path: str, select: str, *fields: str) -> dict[str, str]:
    """One query, at most 10 seconds; {} where it fails."""
    argv = [path, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits", "-i", select]
    try:
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=10)
    except subprocess.TimeoutExpired:
        return {}
    values = [value.strip() for value in ended.stdout.strip().split(",")]
    if ended.returncode or len(values) != len(fields):
        return {}
    absent = ("[N/A]", "N/A", "[Not Supported]", "[Unknown Error]", "[Requested functionality has been deprecated]")
    return {field: value for field, value in zip(fields, values) if value not in absent}  # noqa: B905
