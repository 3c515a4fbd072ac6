"""Archives of others, unpacked so that nothing gets out: every name and link is looked at before the first file is
written, sizes are bounded, and owners, devices and set-user bits stay behind.
"""

from __future__ import annotations

import posixpath
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from envdoc.findings import finding, text

if TYPE_CHECKING:
    import tarfile
    import zipfile

    from envdoc.model.finding import Finding

_DRIVE = re.compile(r"^[A-Za-z]:")


class _Unsafe(Exception):
    """An entry that would leave the folder, or what no tree of sources holds."""


class _TooLarge(Exception):
    """More than the bound."""


def unpack(archive: Path, into: Path, *, inside: str, most_bytes: int) -> Finding | None:
    """Unpack what has `inside` in its path ("" everything) below the folder `into`, which is made.

    Returns:
        None, or `archive-unsafe`, `archive-too-large`, `archive-not-fetched` (it is none, or is cut short). Then
        `into` holds nothing whole, and its owner takes it away.

    Raises:
        OSError: no space, no permission.
    """
    import lzma
    import tarfile
    import zipfile
    import zlib

    into.mkdir(parents=True)
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                _zip(opened, into, inside, most_bytes)
        else:
            with tarfile.open(archive, "r:*") as tar:
                _to_its_end(tar)
                _tar(tar, into, inside, most_bytes)
    except _Unsafe as error:
        return finding("archive-unsafe", file=archive.name, evidence=(str(error),))
    except _TooLarge:
        return finding("archive-too-large", file=archive.name, most=most_bytes >> 20)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError) as error:
        return finding("archive-not-fetched", file=archive.name, evidence=(text("install", "no-archive", why=error),))
    return None


def _to_its_end(tar: tarfile.TarFile) -> None:
    """Read on to the last byte: only there does a compressed file say whether it is whole."""
    tar.getmembers()
    while tar.fileobj is not None and tar.fileobj.read(1 << 20):
        pass


def _tar(tar: tarfile.TarFile, into: Path, inside: str, most_bytes: int) -> None:
    members = [member for member in tar if inside in f"{member.name}/"]
    for member in members:
        _check(member.name)
        if member.issym():
            _check_link(member.name, member.linkname)
        elif member.islnk():
            _check(member.linkname)
        elif not (member.isreg() or member.isdir()):
            raise _Unsafe(text("install", "entry-device", name=member.name))
    if sum(member.size for member in members) > most_bytes:
        raise _TooLarge
    for member in members:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        tar.extract(member, into, set_attrs=not member.issym(), filter="data")


def _zip(opened: zipfile.ZipFile, into: Path, inside: str, most_bytes: int) -> None:
    members = [member for member in opened.infolist() if inside in member.filename]
    for member in members:
        _check(member.filename)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _Unsafe(text("install", "entry-link", name=member.filename, target="?"))
    if sum(member.file_size for member in members) > most_bytes:
        raise _TooLarge
    for member in members:
        path = Path(opened.extract(member, into))
        if not member.is_dir() and (member.external_attr >> 16) & 0o100:
            path.chmod(0o755)


def _check(name: str) -> None:
    """Refuse a name that is absolute, has a drive, or climbs."""
    told = name.replace("\\", "/")
    if told.startswith("/") or _DRIVE.match(told) or ".." in told.split("/") or "\0" in told:
        raise _Unsafe(text("install", "entry-climbs", name=name))


def _check_link(name: str, target: str) -> None:
    """Refuse a link that leads out of the archive's own top folder."""
    led = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
    if target.startswith("/") or led == ".." or led.startswith("../"):
        raise _Unsafe(text("install", "entry-link", name=name, target=target))


def holding(place: Path, holds: tuple[str, ...], *, depth: int = 6) -> Path | None:
    """The uppermost folder at or below `place` that holds all these files; None where none does."""
    return next((each for each in _folders(place, depth) if all((each / name).is_file() for name in holds)), None)


def _folders(place: Path, depth: int) -> Iterator[Path]:
    """Folders level by level, links left out."""
    level = [place]
    for _ in range(depth):
        yield from level
        below = [each for above in level for each in sorted(above.iterdir())]
        level = [each for each in below if each.is_dir() and not each.is_symlink()]
