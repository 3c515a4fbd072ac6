"""A file that was fetched for a step, and its hash against what is published or what the first download had."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from envdoc.findings import finding, text
from envdoc.installer import safefile
from envdoc.installer.folder import Folder, read_table, write_json

if TYPE_CHECKING:
    from envdoc.installer.run import Run
    from envdoc.model.finding import Finding

_TIMEOUT = 3600.0


def fetch(run: Run, url: str, path: Path, *, sha256: str, limit: int) -> tuple[Finding | None, str]:
    """The file at `url` (or at a path of this machine) to `path`, which is taken away again if its hash differs.

    Returns:
        None and its sha256; or `archive-not-fetched`, `archive-hash-mismatch`.

    Raises:
        OSError: no space, no permission.
    """
    safefile.make_folder(path.parent)
    file = path.name
    digest, why = _got(run, url, path, limit)
    if not digest:
        return finding("archive-not-fetched", file=file, url=url, evidence=(why,)), ""
    wanted = sha256 or recorded(run.folder).get(file, "")
    if wanted and digest != wanted:
        path.unlink()
        evidence = (text("install", "hashes", wanted=wanted, got=digest),)
        return finding("archive-hash-mismatch", file=file, url=url, evidence=evidence), ""
    return None, digest


def _got(run: Run, url: str, path: Path, limit: int) -> tuple[str, str]:
    """The sha256 of what lies at `path` now, or "" and why there is nothing."""
    local = _local(url)
    if local is None:
        got = run.host.download(url, str(path), timeout=_TIMEOUT, limit=limit)
        return (got.value, "") if got.value is not None else ("", got.reason())
    try:
        if not local.is_file() or local.stat().st_size > limit:
            return "", f"{local}: no file of at most {limit >> 20} MiB"
        shutil.copyfile(local, path)
    except OSError as error:
        return "", f"{local}: {error.strerror}"
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), ""


def _local(url: str) -> Path | None:
    if url.startswith("file:"):
        return Path(url2pathname(unquote(urlsplit(url).path)))
    return None if "://" in url else Path(url)


def recorded(folder: Folder) -> dict[str, str]:
    """File name -> sha256 of what was fetched before and proved good."""
    return read_table(folder.own / "archives.json")


def record(folder: Folder, file: str, digest: str) -> None:
    """Keep the hash of a file that was good: a later download of it must have the same."""
    write_json(folder.own / "archives.json", {**recorded(folder), file: digest})
