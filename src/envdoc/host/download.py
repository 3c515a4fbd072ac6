"""One bounded download to a file. What did not come whole is not left behind."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from envdoc.host.web import told
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.rules.masks.texts import without_credentials

if TYPE_CHECKING:
    import requests

_STALL = 60.0  # seconds without a byte


def download(url: str, path: str, timeout: float, limit: int) -> Fact[str]:
    """The sha256 of what lies at `path` now; see `Host.download`."""
    import requests

    source = without_credentials(url)
    target = Path(path)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with requests.get(url, timeout=_STALL, stream=True) as answer:
            if answer.status_code >= 400:
                return missing(Why.FAILED, source, f"HTTP {answer.status_code}")
            got = _written(answer, part, source, time.monotonic() + timeout, limit)
        if got.known:
            part.replace(target)
        return got
    except requests.exceptions.Timeout:
        return missing(Why.TIMED_OUT, source, f"nothing came for {_STALL:g} s")
    except (requests.exceptions.RequestException, ValueError) as error:
        return missing(Why.FAILED, source, told(error))
    finally:
        part.unlink(missing_ok=True)


def _written(answer: requests.Response, part: Path, source: str, deadline: float, limit: int) -> Fact[str]:
    digest, size = hashlib.sha256(), 0
    with part.open("xb") as file:
        for block in answer.iter_content(1 << 20):
            size += len(block)
            if size > limit:
                return missing(Why.FAILED, source, f"longer than {limit} bytes")
            if time.monotonic() > deadline:
                return missing(Why.TIMED_OUT, source, "it did not arrive in time")
            digest.update(block)
            file.write(block)
    wanted = answer.headers.get("Content-Length", "")
    if wanted.isdecimal() and not answer.headers.get("Content-Encoding") and int(wanted) != size:
        return missing(Why.FAILED, source, f"{size} of {wanted} bytes came")
    return known(digest.hexdigest(), source)
