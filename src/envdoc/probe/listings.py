"""What a package index or a page of links lists: file names, and the versions in them."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

from envdoc.model import jsontext
from envdoc.model.machine import System
from envdoc.model.patterns import pattern
from envdoc.rules.requirements import normal

_LINK = pattern(r"<a\b([^>]*)>", re.IGNORECASE)
_HREF = pattern(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_SDIST = pattern(r"\.(tar\.gz|zip|tar\.bz2)$")
_PLATFORM = {System.LINUX: "linux", System.WINDOWS: "win", System.DARWIN: "macosx"}


def files_of(text: str) -> tuple[str, ...]:
    """File names of a listing, yanked ones left out.

    HTML (PEP 503, or any page of links): `<a href="…/torch-2.7.0%2Bcu128-cp312-…whl#sha256=…">`; JSON (PEP 691):
    `{"files": [{"filename": "torch-2.8.0-…whl", "yanked": false}]}`.
    """
    if text.lstrip().startswith("{"):
        return _json_files(text)
    found = []
    for attributes in _LINK.findall(text):
        href = _HREF.search(attributes)
        if href and "data-yanked" not in attributes.lower():
            url = unescape(next(part for part in href.groups() if part is not None))
            found.append(unquote(url.partition("#")[0].partition("?")[0].rstrip("/").rsplit("/", 1)[-1]))
    return tuple(name for name in found if name)


def _json_files(text: str) -> tuple[str, ...]:
    try:
        entries = jsontext.table(text, any_number=True).get("files", [])
    except (ValueError, AttributeError):
        return ()
    return tuple(str(entry["filename"]) for entry in entries if not entry.get("yanked") and "filename" in entry)


def is_distribution(name: str) -> bool:
    return name.endswith(".whl") or _SDIST.search(name) is not None


def version_in(name: str, package: str, system: System, arch: str) -> str:
    """The version of a file of `package` that `system` on `arch` can use, with its local tag; "" otherwise.

    `2.7.0+cu128` of `torch-2.7.0+cu128-cp312-cp312-win_amd64.whl`. Source archives serve every platform.
    """
    if name.endswith(".whl"):
        parts = name[:-4].split("-")
        if len(parts) < 5 or normal(parts[0]) != package or not fits(parts[-1], system, arch):
            return ""
        return parts[1]
    stem = _SDIST.sub("", name)
    project, _, version = stem.rpartition("-")
    return version if stem != name and normal(project) == package else ""


def fits(platform: str, system: System, arch: str) -> bool:
    """Whether a wheel's platform tag (`manylinux_2_28_x86_64`, `win_amd64`, `any`) serves the platform."""
    return any(_fits_one(tag, system, arch) for tag in platform.split("."))


def _fits_one(tag: str, system: System, arch: str) -> bool:
    if tag == "any":
        return True
    named = ("amd64" if arch == "x86_64" else "arm64") if system is System.WINDOWS else arch
    if system is System.DARWIN:
        return tag.startswith("macosx") and tag.endswith(("universal2", "arm64" if arch == "aarch64" else arch))
    return _PLATFORM[system] in tag and tag.endswith("_" + named)


def ordered(versions: set[str]) -> tuple[str, ...]:
    """Versions from the oldest to the newest (PEP 440); what is no version is left out."""
    from packaging.version import InvalidVersion, Version

    told = []
    for version in versions:
        try:
            told.append((Version(version), version))
        except InvalidVersion:
            continue
    return tuple(version for _, version in sorted(told))
