"""A bundle against its manifest: every file there, none changed, none added. Nothing is made before this holds."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any

from envdoc.errors import DataError
from envdoc.findings import finding, text
from envdoc.installer import safefile
from envdoc.installer.bundle.collect import sha256_of
from envdoc.installer.bundle.job import WORK, RefusedError
from envdoc.model.bundle import MANIFEST, PACKAGES, PYTHON, SCHEMA, SUMS, TOOL, BundleFile, Manifest, is_inside
from envdoc.model.codec import decode
from envdoc.model.finding import Command, Finding

_SHOWN = 8
_PYTHON = re.compile(r"3\.\d{1,2}")
_LIMIT = 1 << 24  # bytes of a manifest; one with 200 files has 60 thousand


def verified(folder: Path) -> Manifest:
    """The manifest of a whole, unchanged bundle. Reads every byte of it.

    Raises:
        RefusedError: `bundle-incomplete`, `bundle-changed`, `bundle-foreign` (made by a newer envdoc).
    """
    raw = safefile.read(folder / MANIFEST, _LIMIT)
    if raw is None:
        raise RefusedError((_incomplete(folder),))
    manifest = _decoded(folder, raw)
    missing: list[str] = []
    changed = _sums(folder, raw)
    for each in manifest.files:
        told = _look(folder, each)
        (missing if told == "missing" else changed).extend(
            [text("bundle-changed", told, file=each.path)] if told else []
        )
    changed += [text("bundle-changed", "added", file=each) for each in _added(folder, manifest)]
    if changed:
        raise RefusedError((finding("bundle-changed", evidence=_some(changed), folder=folder, count=len(changed)),))
    if missing:
        raise RefusedError((_lacking(folder, missing),))
    return manifest


def _decoded(folder: Path, raw: bytes) -> Manifest:
    data: Any = safefile.json_of(raw)
    if isinstance(data, dict) and isinstance(data.get("schema", 1), int) and data.get("schema", 1) > SCHEMA:
        evidence = (text("bundle-foreign", "schema", schema=data["schema"], known=SCHEMA),)
        raise RefusedError((finding("bundle-foreign", evidence=evidence, folder=folder),))
    try:
        manifest = decode(Manifest, data)
    except DataError as error:
        raise RefusedError((finding("bundle-changed", evidence=(error.message,), folder=folder, count=1),)) from error
    if odd := _odd(manifest, data["profile"]):
        raise RefusedError((finding("bundle-changed", evidence=_some(odd), folder=folder, count=len(odd)),))
    listed = {each.path for each in manifest.files}
    strange = [path for path in sorted(listed) if not is_inside(path)]
    strange += (
        [manifest.python_file] if manifest.python_file not in {"", *listed} else []
    )  # it would be run unchecked
    if strange:
        told = tuple(text("bundle-changed", "outside", file=each) for each in strange)
        raise RefusedError((finding("bundle-changed", evidence=_some(told), folder=folder, count=len(strange)),))
    return manifest


def _odd(manifest: Manifest, profile: dict[str, Any]) -> list[str]:
    """What no bundle of ours says: versions of Python that are none, and a profile that no file could hold."""
    from envdoc.knowledge import profilecheck

    pythons = [manifest.target.python, *([manifest.wish.python] if manifest.wish.python else [])]  # open in the wish
    told = [text("errors", "no-python-version", asked=each[:40]) for each in pythons if not _PYTHON.fullmatch(each)]
    return [*told, *(each.text[:120] for each in profilecheck.check_data(profile, MANIFEST))]


def _sums(folder: Path, raw: bytes) -> list[str]:
    """Whether the manifest is the one whose hash the list of sums has: a slip, not an attacker, is found by it."""
    from hashlib import sha256

    wanted = f"{sha256(raw).hexdigest()}  {MANIFEST}"
    told = (safefile.read(folder / SUMS) or b"").decode("utf-8", "replace").splitlines()
    return [] if wanted in told else [text("bundle-changed", "manifest", file=MANIFEST)]


def _look(folder: Path, each: BundleFile) -> str:
    """What is wrong with a file, by the name of its sentence; "" where nothing is."""
    path = folder / each.path
    try:
        seen = path.lstat()
        if not stat.S_ISREG(seen.st_mode):
            return "link"
        if seen.st_size != each.size:
            return "size"
        return "" if sha256_of(path) == each.sha256 else "hash"
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"


def _added(folder: Path, manifest: Manifest) -> list[str]:
    known = {each.path for each in manifest.files}
    there = [f"{name}/{entry}" for name in (PACKAGES, TOOL, PYTHON) for entry in _entries(folder / name)]
    return [each for each in there if each not in known]


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names are enough
    except OSError:
        return []


def _incomplete(folder: Path) -> Finding:
    how = "begun" if (folder / WORK).is_dir() else "none"
    return finding("bundle-incomplete", evidence=(text("bundle-incomplete", how, folder=folder),), folder=folder)


def _lacking(folder: Path, missing: list[str]) -> Finding:
    command = Command("sha256sum -c SHA256SUMS")
    return finding("bundle-incomplete", evidence=_some(missing), folder=folder, commands=(command,))


def _some(every: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    more = len(every) - _SHOWN
    return (*every[:_SHOWN], *((text("bundle-changed", "more", count=more),) if more > 0 else ()))
