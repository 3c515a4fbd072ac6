"""Unpack an archive into a folder of ours. Nothing of it may land elsewhere: a name or a link that climbs out refuses
the whole archive before its first file is written."""

from __future__ import annotations

import lzma
import shutil
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath

from envdoc.installer import safefile

_MOST_FILES = 200_000
_ANY = (tarfile.TarError, zipfile.BadZipFile, EOFError, RuntimeError, ValueError, zlib.error, lzma.LZMAError)


class UnsafeArchiveError(Exception):
    """The archive would write outside its folder, is damaged, or is none."""


class DamagedArchiveError(UnsafeArchiveError):
    """It is cut short, changed on its way, or no archive."""


class HugeArchiveError(UnsafeArchiveError):
    """It holds more than its bound."""


def unpack(archive: str, folder: Path, *, inside: str = "", most_bytes: int = 0) -> None:
    """Make `folder` hold what the archive (tar, compressed in any usual way, or zip) has, and nothing else.

    Args:
        inside: only what has this in its path, "vendor/llama.cpp/"; "" for everything.
        most_bytes: of all files together; 0 for any number.

    Raises:
        UnsafeArchiveError: nothing was written, or what was is gone again. Of its kinds `DamagedArchiveError`,
            `HugeArchiveError`.
        OSError: no space, no permission.
    """
    shutil.rmtree(folder, ignore_errors=True)
    staging = folder.with_name(folder.name + ".new")
    shutil.rmtree(staging, ignore_errors=True)
    safefile.make_folder(staging)
    try:
        if zipfile.is_zipfile(archive):
            _zip(archive, staging, inside, most_bytes)
        else:
            _tar(archive, staging, inside, most_bytes)
    except _ANY as error:
        shutil.rmtree(staging, ignore_errors=True)
        words = str(error).partition("\n")[0].rstrip(":")  # then tarfile tells what it is none of
        raise (DamagedArchiveError if _is_damage(error) else UnsafeArchiveError)(words) from error
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    staging.rename(folder)


def _is_damage(error: Exception) -> bool:
    return isinstance(error, (tarfile.ReadError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError))


def _tar(archive: str, folder: Path, inside: str, most_bytes: int) -> None:
    with tarfile.open(archive) as opened:
        members = [each for each in opened.getmembers() if inside in f"{each.name}/"]
        while opened.fileobj is not None and opened.fileobj.read(1 << 20):
            pass  # only at its end a compressed file says whether it is whole
        _check_size(sum(each.size for each in members), most_bytes)
        for each in members:
            _check(each.name, len(members))
            tarfile.data_filter(each, str(folder))  # raises for links out of the folder, devices, absolute names
        opened.extractall(folder, members, filter="data")


def _zip(archive: str, folder: Path, inside: str, most_bytes: int) -> None:
    with zipfile.ZipFile(archive) as opened:
        members = [each for each in opened.infolist() if inside in each.filename]
        _check_size(sum(each.file_size for each in members), most_bytes)
        for each in members:
            _check(each.filename, len(members))
        opened.extractall(folder, members)  # noqa: S202 - every name was checked above
        for each in members:
            if not each.is_dir() and (each.external_attr >> 16) & 0o100:  # zip's own extraction drops the mode
                (folder / each.filename).chmod(0o755)


def _check_size(total: int, most_bytes: int) -> None:
    if most_bytes and total > most_bytes:
        raise HugeArchiveError(f"{total >> 20} MiB")


def _check(name: str, count: int) -> None:
    """A name that stays inside on every system."""
    if count > _MOST_FILES:
        raise ValueError(f"it has more than {_MOST_FILES} entries")
    windows = PureWindowsPath(name)
    if PurePosixPath(name).is_absolute() or windows.drive or windows.root or ".." in windows.parts or "\0" in name:
        raise ValueError(f"{name!r} leads out of its folder")
