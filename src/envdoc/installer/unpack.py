"""Unpack an archive into a folder of ours. Nothing of it may land elsewhere: a name or a link that climbs out refuses
the whole archive before its first file is written."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

from envdoc.installer import safefile

_MOST_FILES = 200_000


class UnsafeArchiveError(Exception):
    """The archive would write outside its folder, is damaged, or is none."""


def unpack(archive: str, folder: Path) -> None:
    """Make `folder` hold what the archive (tar, compressed in any usual way, or zip) has, and nothing else.

    Raises:
        UnsafeArchiveError: nothing was written, or what was is gone again.
        OSError: no space, no permission.
    """
    shutil.rmtree(folder, ignore_errors=True)
    staging = folder.with_name(folder.name + ".new")
    shutil.rmtree(staging, ignore_errors=True)
    safefile.make_folder(staging)
    try:
        if zipfile.is_zipfile(archive):
            _zip(archive, staging)
        else:
            _tar(archive, staging)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, RuntimeError, ValueError) as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise UnsafeArchiveError(str(error)) from error
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    staging.rename(folder)


def _tar(archive: str, folder: Path) -> None:
    with tarfile.open(archive) as opened:
        members = opened.getmembers()
        for each in members:
            _check(each.name, len(members))
            tarfile.data_filter(each, str(folder))  # raises for links out of the folder, devices, absolute names
        opened.extractall(folder, members, filter="data")


def _zip(archive: str, folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        members = opened.infolist()
        for each in members:
            _check(each.filename, len(members))
        opened.extractall(folder)  # noqa: S202 - every name was checked above


def _check(name: str, count: int) -> None:
    """A name that stays inside on every system."""
    if count > _MOST_FILES:
        raise ValueError(f"it has more than {_MOST_FILES} entries")
    windows = PureWindowsPath(name)
    if PurePosixPath(name).is_absolute() or windows.drive or windows.root or ".." in windows.parts or "\0" in name:
        raise ValueError(f"{name!r} leads out of its folder")
