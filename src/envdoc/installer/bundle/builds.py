"""What a source distribution needs to be built without network: the requirements of its build system (PEP 518)."""

from __future__ import annotations

import tarfile
import tomllib
from pathlib import Path

_USUAL = ("setuptools>=40.8.0",)  # what PEP 517 front ends take where nothing is said
_LIMIT = 1 << 20


def requirements(sdist: Path) -> tuple[str, ...]:
    """`build-system.requires` of `NAME-1.0/pyproject.toml` in the archive.

    Raises:
        ValueError: it is no source distribution that can be read.
    """
    try:
        with tarfile.open(sdist, "r:gz") as archive:
            text = _pyproject(archive)
        told = tomllib.loads(text).get("build-system", {}) if text else {}
    except (OSError, tarfile.TarError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{sdist.name} cannot be read: {error}") from error
    named = told.get("requires") if isinstance(told, dict) else None
    return tuple(map(str, named)) if isinstance(named, list) else _USUAL


def _pyproject(archive: tarfile.TarFile) -> str:
    for member in archive:
        if member.isfile() and member.name.count("/") == 1 and member.name.endswith("/pyproject.toml"):
            file = archive.extractfile(member)
            return file.read(_LIMIT).decode("utf-8") if file else ""
    return ""
