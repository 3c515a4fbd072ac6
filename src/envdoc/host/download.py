"""One bounded download to a file, over HTTP or of a local `file://`. What did not come whole never has the file's
name; with `resume` its beginning is kept beside it (`NAME.part`), and the next call goes on from there.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from envdoc.host.web import told
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.rules.masks.texts import without_credentials

if TYPE_CHECKING:
    import requests

_STALL = 60.0  # seconds without a byte
_BLOCK = 1 << 16  # what is lost at most where a connection breaks


def download(url: str, path: str, timeout: float, limit: int, resume: bool = False) -> Fact[str]:
    """The sha256 of what lies at `path` now; see `Host.download`."""
    target = Path(path)
    part = target.with_name(target.name + ".part")
    if not resume:
        part.unlink(missing_ok=True)
    try:
        got = _copied(url, part, limit) if url.startswith("file:") else _got(url, part, timeout, limit)
        if got.known:
            part.replace(target)
        return got
    finally:
        if not resume:
            part.unlink(missing_ok=True)


def _got(url: str, part: Path, timeout: float, limit: int) -> Fact[str]:
    import requests

    source = without_credentials(url)
    have = part.stat().st_size if part.exists() else 0
    # a compressed body could not be gone on with
    asked = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else None
    try:
        with requests.get(url, timeout=_STALL, stream=True, headers=asked) as answer:
            if answer.status_code == 416:  # what is here is no beginning of it
                part.unlink(missing_ok=True)
                return missing(Why.FAILED, source, "what was here of it is no beginning of the file")
            if answer.status_code >= 400:
                return missing(Why.FAILED, source, f"HTTP {answer.status_code}")
            goes_on = answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(
                f"bytes {have}-"
            )
            if have and not goes_on:
                part.unlink(missing_ok=True)
            return _written(answer, part, source, time.monotonic() + timeout, limit)
    except requests.exceptions.Timeout:
        return missing(Why.TIMED_OUT, source, f"nothing came for {_STALL:g} s")
    except (requests.exceptions.RequestException, ValueError) as error:
        return missing(Why.FAILED, source, told(error))


def _written(answer: requests.Response, part: Path, source: str, deadline: float, limit: int) -> Fact[str]:
    digest, size = _begun(part)
    came = 0
    with part.open("ab") as file:
        for block in answer.iter_content(_BLOCK):
            came += len(block)
            if size + came > limit:
                return missing(Why.FAILED, source, f"longer than {limit} bytes")
            if time.monotonic() > deadline:
                return missing(Why.TIMED_OUT, source, "it did not arrive in time")
            digest.update(block)
            file.write(block)
    wanted = answer.headers.get("Content-Length", "")
    if wanted.isdigit() and not answer.headers.get("Content-Encoding") and int(wanted) != came:
        return missing(Why.FAILED, source, f"{came} of {wanted} bytes came")
    return known(digest.hexdigest(), source)


def _begun(part: Path) -> tuple[Any, int]:
    """The digest and size of what an earlier call left."""
    digest, size = hashlib.sha256(), 0
    if part.exists():
        with part.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
    return digest, size


def _copied(url: str, part: Path, limit: int) -> Fact[str]:
    source = Path(url2pathname(urlsplit(url).path))
    part.unlink(missing_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as file, part.open("xb") as out:
            while block := file.read(_BLOCK):
                size += len(block)
                if size > limit:
                    return missing(Why.FAILED, url, f"longer than {limit} bytes")
                digest.update(block)
                out.write(block)
    except OSError as error:
        return missing(Why.FAILED, url, error.strerror or "cannot be read")
    return known(digest.hexdigest(), url)
