"""Distributions that a kill left half-written: found by their RECORD, put back or cleared for a new install."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from envdoc.installer import backup, journal, written
from envdoc.installer.dists import Dist, damage, installed
from envdoc.installer.folder import Folder
from envdoc.installer.restore import restore_dist
from envdoc.installer.run import Run

_TEMPORARY = re.compile(r"\.tmp[A-Za-z0-9]{6}")  # the names that uv's tempfile library gives


def repair(run: Run, judge: Callable[[Dist], str] = damage) -> tuple[str, ...]:
    """Clear every half-written distribution, so that the engine installs it anew; returns their names.

    `judge` says what is wrong with one: `damage` after a step that was cut, `lost` after a power cut.

    In an adopted environment, one that was there before is put back from the copy that adopting made.
    One that was damaged before envdoc came, and that no copy mends, is left as it was.
    """
    mended = []
    adopted = journal.kind_of(run.entries) == journal.ADOPTED
    theirs = written.theirs(run.folder)
    _sweep(run.folder, theirs)
    for dist in installed(run.folder.site_packages):
        why = judge(dist)
        if not why:
            continue
        if adopted and backup.holds(run.folder, dist.folder):
            if not restore_dist(run.folder, dist.folder):
                continue
        elif f"{_path(run.folder, dist.folder)}/" in theirs:
            continue
        else:
            _clear(dist)
        mended.append(f"{dist.name} ({why})")
    return tuple(mended)


def _path(folder: Folder, path: Path) -> str:
    return path.relative_to(folder.root).as_posix()


def _sweep(folder: Folder, theirs: set[str]) -> None:
    """Remove the temporary files that uv had not renamed yet when it was killed, as `bin/.tmpCn74rf`."""
    for name in ("bin", "lib", "Scripts", "Lib"):
        if (folder.root / name).is_symlink():
            continue
        for parent, folders, files in os.walk(folder.root / name):
            place = Path(parent)
            ours = {left for left in (*files, *folders) if _TEMPORARY.fullmatch(left)}
            ours = {left for left in ours if not {(p := _path(folder, place / left)), f"{p}/"} & theirs}
            for left in ours.intersection(files):
                (place / left).unlink(missing_ok=True)
            for left in ours.intersection(folders):
                shutil.rmtree(place / left, ignore_errors=True)


def _clear(dist: Dist) -> None:
    """Remove the metadata only: the files are overwritten by the same version's, and engines refuse to
    uninstall what has no whole RECORD."""
    shutil.rmtree(dist.folder)
