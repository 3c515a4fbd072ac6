"""Which files of an environment belong to its distributions, by their RECORD files."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

_OUT = ("..", '"..', "/", '"/')


def named_in(record: Path, packages: str) -> set[str]:
    """The paths in a RECORD, relative to the environment; none where it is not there.

    Args:
        packages: the package folder, relative to the environment.
    """
    return {path for row in _rows(record) if row and (path := _joined(packages, row[0]))}


def outside(place: Path, packages: str) -> set[str]:
    """What the RECORDs of a package folder name elsewhere in the environment: scripts, data files."""
    found: set[str] = set()
    for record in place.glob("*.dist-info/RECORD"):
        found |= {path for row in _rows(record, outside_only=True) if row and (path := _joined(packages, row[0]))}
    return found


def _rows(record: Path, *, outside_only: bool = False) -> list[list[str]]:
    import csv

    try:
        text = record.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return []
    lines = text.replace("\r\n", "\n").split("\n")
    if outside_only:
        lines = [line for line in lines if line.startswith(_OUT)]
    try:
        return list(csv.reader(lines))
    except csv.Error:
        return []


def _joined(packages: str, named: str) -> str:
    """The path within the environment; "" for one that leads out of it."""
    path = posixpath.normpath(posixpath.join(packages, named.replace(os.sep, "/")))
    return "" if path.startswith(("/", "..")) or ":" in path.split("/")[0] else path
