"""Folders that steps made in an environment, with what is in them: `.envdoc/products.json`.

    {"llama.cpp": {"folder": "llama.cpp", "key": "5d1f…", "files": {"bin/llama-bench": [51032, 176419, "9f…"]}}}

A file counts as the same by its size and time, else by its hash: as git does it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from envdoc.installer import manifest, safefile, trash
from envdoc.installer.folder import Folder, write_json


def record(folder: Folder, name: str, place: str, key: str) -> str:
    """Write down what a step has just made at `place`; returns one hash over all files.

    Raises:
        EnvdocError, OSError: as `safefile.write_whole`.
    """
    root = folder.root / place
    files = {path: [*_seen(root / path), _hash(root / path)] for path in _files(root)}
    every = {**_read(folder), name: {"folder": place, "key": key, "files": files}}
    write_json(folder.own / "products.json", every)
    told = "\n".join(f"{path} {row[2]}" for path, row in files.items())
    import hashlib

    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()


def holds(folder: Folder, name: str, key: str) -> bool:
    """Whether the product was made with this key and is still whole."""
    row = _read(folder).get(name)
    if row is None or row["key"] != key or not row["files"]:
        return False
    root = folder.root / row["folder"]
    return all(_same(root / path, size, time, digest) for path, (size, time, digest) in row["files"].items())


def has(folder: Folder, name: str) -> bool:
    """Whether a step has made something of this name."""
    return name in _read(folder)


def check_free(folder: Folder, place: str) -> None:
    """Refuse a place in which something of the user's lies: a folder of that name may be their own checkout.

    Raises:
        UsageError: `environment-not-ours`.
    """
    if not _is_own(place) and os.path.lexists(folder.root / place) and not _made_here(folder, place):
        from envdoc.errors import UsageError
        from envdoc.findings import text

        raise UsageError(
            text("errors", "place-taken", place=folder.root / place),
            hint=text("errors", "place-taken-hint"),
            code="environment-not-ours",
        )


def _made_here(folder: Folder, place: str) -> bool:
    """Whether a step has put something there, or was about to, and not all of it is gone since."""
    rows = [row for row in _read(folder).values() if row["folder"] == place]
    files = [folder.root / place / path for row in rows for path in row["files"]]
    return bool(rows) and (not files or any(map(os.path.lexists, files)))


def _is_own(place: str) -> bool:
    return place.startswith(f"{safefile.OWN}/")


def put(folder: Folder, made: Path, place: str, name: str = "") -> None:
    """Put a finished folder in its place, and what was there before away: by two renames.

    Outside of `.envdoc` it is written down under `name` before that it will be there: a run that is killed in between
    leaves nothing that the next one takes for the user's.

    Raises:
        UsageError: `environment-not-ours`, something of the user's lies there.
        OSError: it could not be; then what was there is there.
    """
    check_free(folder, place)
    target = folder.root / place
    safefile.make_folder(folder.own)
    if name and not _is_own(place) and name not in _read(folder):
        row = {"folder": place, "key": "", "files": {}}
        write_json(folder.own / "products.json", {**_read(folder), name: row})
    target.parent.mkdir(parents=True, exist_ok=True)
    safefile.sync_all()  # what engines, compilers and archives wrote
    aside = folder.own / "before"
    trash.throw_away(folder, aside)
    if os.path.lexists(target):
        target.rename(aside)
    try:
        made.rename(target)
    except OSError:
        if os.path.lexists(aside):
            aside.rename(target)
        raise
    safefile.sync_folder(target.parent)
    trash.throw_away(folder, aside)


def forget(folder: Folder, name: str) -> bool:
    """Take a product away, and its line; whether there was one."""
    row = _read(folder).get(name)
    if row is None:
        return False
    trash.throw_away(folder, folder.root / row["folder"])
    rest = {other: each for other, each in _read(folder).items() if other != name}
    write_json(folder.own / "products.json", rest)
    return True


def clear(folder: Folder) -> None:
    """Take all products away, where the environment goes or is given back."""
    for name in _read(folder):
        forget(folder, name)


def _read(folder: Folder) -> dict[str, Any]:
    """The rows that have the shape of one and lie in the environment."""
    data = safefile.json_of(safefile.read(folder.own / "products.json"))
    rows = data.items() if isinstance(data, dict) else ()
    return {name: row for name, row in rows if _is_row(row)}


def _is_row(row: object) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("files"), dict):
        return False
    place, key = row.get("folder"), row.get("key")
    paths = [place, *row["files"]]
    inside = all(isinstance(each, str) and manifest.is_inside(each) for each in paths)
    return inside and isinstance(key, str) and all(len(each) == 3 for each in row["files"].values())


def _files(root: Path) -> list[str]:
    return [each.path for each in manifest.walk(root) if each.kind == manifest.FILE]


def _seen(path: Path) -> tuple[int, int]:
    told = path.lstat()
    return told.st_size, told.st_mtime_ns


def _same(path: Path, size: int, time: int, digest: str) -> bool:
    try:
        now = _seen(path)
        return now == (size, time) or (now[0] == size and _hash(path) == digest)
    except OSError:
        return False


def _hash(path: Path) -> str:
    import hashlib  # loads OpenSSL, which a run with nothing to do need not

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
