"""Installed distributions, read from the names and RECORD files of `*.dist-info` folders. Starts no process."""

from __future__ import annotations

import os
from pathlib import Path

from envdoc.model.value import dataclass
from envdoc.rules import dist_info, torch_file
from envdoc.rules.requirements import normal

_METADATA = 1 << 22  # letters of a METADATA that are read; the headers come first
_LIMIT = 1 << 26  # letters of a RECORD that are read; torch's has 2 million


@dataclass(frozen=True, slots=True)
class Dist:
    name: str  # normalised (PEP 503)
    version: str
    folder: Path


def installed(site_packages: Path | None) -> tuple[Dist, ...]:
    """Every distribution of the folder, duplicates included, in order of folder names."""
    if site_packages is None:
        return ()
    return tuple(
        Dist(normal(told[0]), told[1], site_packages / entry)
        for entry in sorted(os.listdir(site_packages))  # noqa: PTH208 - names are enough
        if (told := dist_info.of_folder(entry))
    )


def versions(site_packages: Path | None) -> dict[str, str]:
    """Normalised name to version; a distribution that is there twice reads `1.0|2.0`, equal to no version."""
    out: dict[str, str] = {}
    for dist in installed(site_packages):
        out[dist.name] = f"{out[dist.name]}|{dist.version}" if dist.name in out else dist.version
    return out


def needs(site_packages: Path | None) -> dict[str, tuple[str, ...]]:
    """Requires-Dist lines of what is installed, by normalised name; a METADATA that cannot be read tells none."""
    out: dict[str, tuple[str, ...]] = {}
    for dist in installed(site_packages):
        try:
            with (dist.folder / "METADATA").open(encoding="utf-8", errors="replace") as file:
                out[dist.name] = dist_info.every_requirement(file.read(_METADATA))
        except OSError:
            continue
    return out


def same_version(wanted: str, found: str) -> bool:
    """Whether `found` is the wanted version. A wanted local tag must be there; one not asked for may be."""
    from packaging.version import InvalidVersion, Version  # not needed while the texts are equal

    if wanted == found:
        return True
    try:
        left, right = Version(wanted), Version(found)
    except InvalidVersion:
        return False
    return left == right or (left.local is None and left.public == right.public)


def damage(dist: Dist) -> str:
    """What a kill left undone in a distribution; "" where every file of its RECORD is there in full size.

    Installers write INSTALLER and then RECORD last, so a RECORD without INSTALLER is the wheel's own copy of
    it, and the files may not be all there.
    """
    try:
        with (dist.folder / "RECORD").open(encoding="utf-8") as file:
            paths = dist_info.record(file.read(_LIMIT))
    except (OSError, ValueError):
        return "no RECORD"
    if paths is None or not (dist.folder / "METADATA").is_file():
        return "RECORD or METADATA is cut short"
    if f"{dist.folder.name}/INSTALLER" not in paths:
        return "its installation did not end"
    return next((f"{path} is missing or cut short" for path, size in paths.items() if _bad(dist, path, size)), "")


def lost(dist: Dist) -> str:
    """What a power cut took of a distribution that was whole: files that are gone or empty. One of another size may
    have been edited by the user."""
    try:
        with (dist.folder / "RECORD").open(encoding="utf-8") as file:
            paths = dist_info.record(file.read(_LIMIT)) or {}
    except (OSError, ValueError):
        return "no RECORD"
    return next(
        (
            f"{path} is missing or empty"
            for path, size in paths.items()
            if size and not path.endswith(".pyc") and not _size(dist, path)
        ),
        "",
    )


def _bad(dist: Dist, path: str, size: int | None) -> bool:
    if path.endswith(".pyc"):  # compiled anew by Python as it likes
        return False
    found = _size(dist, path, none=-1)
    return found < 0 or (size is not None and size != found)


def _size(dist: Dist, path: str, *, none: int = 0) -> int:
    """Bytes of a file that a RECORD names; `none` where it is not there."""
    try:
        return os.stat(dist.folder.parent / path).st_size  # noqa: PTH116 - tens of thousands of files
    except OSError:
        return none


def torch_cuda(site_packages: Path | None) -> str | None:
    """The CUDA runtime version that the installed torch names: "12.8", "" for a CPU build, None without torch."""
    if site_packages is None:
        return None
    try:
        text = (site_packages / "torch" / "version.py").read_text(encoding="utf-8")
    except OSError:
        return None
    told = torch_file.values(text)
    return told["cuda"] or "" if "cuda" in told else None
