"""A Python for the target: an archive that the user names, else the one that uv would fetch there.

uv's are python-build-standalone's; its release lists hashes in `SHA256SUMS` beside the archives:

    5f2…  cpython-3.12.16+20261110-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from envdoc.errors import UsageError
from envdoc.installer import child
from envdoc.installer.bundle.closure import Wanted
from envdoc.installer.bundle.job import Job
from envdoc.installer.tools import find_uv
from envdoc.model import jsontext
from envdoc.model.bundle import HashFrom

_LIST = ("--all-platforms", "--all-arches", "--only-downloads", "--show-urls", "--output-format", "json")


def named(archive: str, sha256: str) -> Wanted:
    """The archive that the user names, a file or a URL: `.tar.gz` of python-build-standalone, or Windows' NuGet
    package `python` (a zip).

    Raises:
        UsageError: there is no such file, or a URL comes without its hash.
    """
    if "://" in archive:
        file = unquote(urlsplit(archive).path.rpartition("/")[2])
        if not sha256:
            raise UsageError(
                "a Python from a URL needs its hash", hint="add `--python-sha256 HEX` as its publisher tells it"
            )
        return Wanted(file, archive, sha256=sha256, hash_from=HashFrom.USER)
    path = Path(archive)
    if not path.is_file():
        raise UsageError(f"{archive}: no such file", hint="name an archive of Python, or `--no-python`")
    return Wanted(path.name, path.resolve().as_uri(), sha256=sha256, hash_from=HashFrom.USER)


def usual(job: Job) -> Wanted | None:
    """uv's newest Python of the target's minor; None where it knows none, or its list of hashes cannot be had."""
    argv = (find_uv(job.host), "python", "list", job.target.python, *_LIST)
    env = child.variables(str(job.work), job.variables(), job.host.environ)
    done = job.host.run(argv, timeout=60, env=env)
    try:
        every = jsontext.loads(done.stdout, any_number=True) if done.ok else []
    except ValueError:
        return None
    urls = [str(each["url"]) for each in every if isinstance(each, dict) and _fits(each, job)]
    return _with_hash(job, urls[0]) if urls else None


def _fits(told: dict[str, Any], job: Job) -> bool:
    """{"os": "linux", "arch": "x86_64", "libc": "gnu", "variant": "default", "implementation": "cpython", …}"""
    wanted = {"os": job.target.system.value, "arch": job.target.arch, "variant": "default"}
    wanted |= {"implementation": "cpython"}
    libc = told.get("libc") in ("gnu", "none", None)
    return bool(told.get("url")) and libc and all(told.get(name) == value for name, value in wanted.items())


def _with_hash(job: Job, url: str) -> Wanted | None:
    file = unquote(url.rpartition("/")[2])
    sums = job.host.fetch(f"{url.rpartition('/')[0]}/SHA256SUMS", timeout=15, limit=1 << 22)
    for line in sums.or_else("").splitlines():
        digest, _, name = line.partition("  ")
        if name.strip() == file and len(digest) == 64:
            return Wanted(file, url, sha256=digest)
    return None
