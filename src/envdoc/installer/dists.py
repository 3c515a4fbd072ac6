"""Installed distributions, read from the names and RECORD files of `*.dist-info` folders. Starts no process."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from envdoc.model.value import dataclass

_SUFFIX = ".dist-info"
_PIN = re.compile(r"^\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*===?\s*(?P<version>[^\s;,]+)")
# torch/version.py: "cuda: Optional[str] = '12.8'" (2.x), "cuda = '11.8'" before; CPU builds say None.
_CUDA = re.compile(r"""^cuda\b[^=\n]*=\s*(?:['"](?P<version>[^'"\n]*)['"]|None)""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Dist:
    name: str  # normalised (PEP 503)
    version: str
    folder: Path


def normalised(name: str) -> str:
    """`flash-attn` of `Flash_Attn` (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lines: Iterable[str]) -> dict[str, str]:
    """Normalised name to version of the lines that pin one exactly: `torch==2.7.1+cu128`."""
    found = (_PIN.match(line) for line in lines)
    return {normalised(each["name"]): each["version"] for each in found if each}


def dist_of(entry: str) -> tuple[str, str] | None:
    """Normalised name and version of a metadata folder's name: `Flash_Attn-2.8.dist-info`; None for another."""
    name, dash, version = entry.removesuffix(_SUFFIX).partition("-")
    return (normalised(name), version) if entry.endswith(_SUFFIX) and dash and not name.startswith("~") else None


def installed(site_packages: Path | None) -> tuple[Dist, ...]:
    """Every distribution of the folder, duplicates included, in order of folder names."""
    if site_packages is None:
        return ()
    out = []
    for entry in sorted(os.listdir(site_packages)):  # noqa: PTH208 - names are enough
        found = dist_of(entry)
        if found is not None:
            out.append(Dist(*found, site_packages / entry))
    return tuple(out)


def versions(site_packages: Path | None) -> dict[str, str]:
    """Normalised name to version; a distribution that is there twice reads `1.0|2.0`, equal to no version."""
    out: dict[str, str] = {}
    for dist in installed(site_packages):
        out[dist.name] = f"{out[dist.name]}|{dist.version}" if dist.name in out else dist.version
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
    import csv  # only after a kill

    try:
        rows = list(csv.reader((dist.folder / "RECORD").read_text(encoding="utf-8").splitlines()))
    except (OSError, ValueError):
        return "no RECORD"
    if any(len(row) != 3 for row in rows) or not (dist.folder / "METADATA").is_file():
        return "RECORD or METADATA is cut short"
    paths = {row[0]: row[2] for row in rows}
    if f"{dist.folder.name}/INSTALLER" not in {path.replace("\\", "/") for path in paths}:
        return "its installation did not end"
    return next((f"{path} is missing or cut short" for path, size in paths.items() if _bad(dist, path, size)), "")


def _bad(dist: Dist, path: str, size: str) -> bool:
    if path.endswith(".pyc"):  # compiled anew by Python as it likes
        return False
    try:
        found = os.stat(dist.folder.parent / path).st_size  # noqa: PTH116 - tens of thousands of files
    except OSError:
        return True
    return bool(size) and int(size) != found


def torch_cuda(site_packages: Path | None) -> str | None:
    """The CUDA runtime version that the installed torch names: "12.8", "" for a CPU build, None without torch."""
    if site_packages is None:
        return None
    try:
        text = (site_packages / "torch" / "version.py").read_text(encoding="utf-8")
    except OSError:
        return None
    found = _CUDA.search(text)
    return None if found is None else found["version"] or ""
