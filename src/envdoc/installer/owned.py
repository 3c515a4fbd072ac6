"""Which files of an environment belong to its distributions, by their RECORD files."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

from envdoc.rules import dist_info

_LIMIT = 1 << 26  # bytes of a RECORD that are read; torch's has 2 MiB
_OUT = ("..", '"..', "/", '"/')


def named_in(record: Path, packages: str) -> set[str]:
    """The paths in a RECORD, relative to the environment; none where it is not there.

    Args:
        packages: the package folder, relative to the environment.
    """
    return {path for named in dist_info.record_paths(_text(record)) if (path := _joined(packages, named))}


def outside(place: Path, packages: str) -> set[str]:
    """What the RECORDs of a package folder name elsewhere in the environment: scripts, data files."""
    found: set[str] = set()
    for record in place.glob("*.dist-info/RECORD"):
        lines = (line for line in _text(record).split("\n") if line.startswith(_OUT))
        named = dist_info.record_paths("\n".join(lines))
        found |= {path for each in named if (path := _joined(packages, each))}
    return found


def _text(record: Path) -> str:
    try:
        with record.open("rb") as file:
            return file.read(_LIMIT).decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def _joined(packages: str, named: str) -> str:
    """The path within the environment; "" for one that leads out of it."""
    path = posixpath.normpath(posixpath.join(packages, named.replace(os.sep, "/")))
    return "" if path.startswith(("/", "..")) or ":" in path.split("/")[0] else path
