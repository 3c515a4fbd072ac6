"""Fetch each file of a bundle and look at its hash. What an earlier run left whole is kept; of a half file its
beginning, under another name (`.part`), from which the next run goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from envdoc.findings import finding, text
from envdoc.installer import safefile
from envdoc.installer.bundle.abreast import abreast
from envdoc.installer.bundle.closure import Wanted
from envdoc.installer.bundle.job import Job, RefusedError
from envdoc.installer.folder import read_table, write_json
from envdoc.installer.secrets import bare, whole
from envdoc.model.bundle import BundleFile, HashFrom
from envdoc.model.facts import Fact
from envdoc.model.finding import Finding
from envdoc.model.value import replace

_TIMEOUT = 6 * 3600.0
_LIMIT = 16 << 30
_AT_ONCE = 4


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch_all(job: Job, folder: str, wanted: Iterable[Wanted]) -> tuple[BundleFile, ...]:
    """All files into `DIR/folder`, four at a time; those that are there and right are not fetched again.

    Raises:
        RefusedError: some did not come, or are not what was promised; the others stay for the next run.
        OSError: no space, no permission.
    """
    every = tuple(dict.fromkeys(wanted))
    _refuse_strange(every)
    place = safefile.make_folder(job.folder / folder)
    known = _FirstUse(job)
    came = abreast(lambda each: _one(job, place, each, known), every, _AT_ONCE)
    problems = tuple(each for each in came if isinstance(each, Finding))
    if problems:
        raise RefusedError(problems)
    return tuple(replace(each, path=f"{folder}/{each.path}") for each in came if isinstance(each, BundleFile))


def _refuse_strange(wanted: tuple[Wanted, ...]) -> None:
    """A name out of a listing is a file's name and nothing else."""
    from envdoc.model.bundle import is_inside

    strange = [each.file for each in wanted if not is_inside(each.file)]
    if strange:
        told = tuple(text("bundle-file-bad", "name", file=each) for each in strange)
        raise RefusedError((finding("bundle-file-bad", evidence=told, file=strange[0]),))


class _FirstUse:
    """The hashes of files that nobody publishes one for, as they first came."""

    def __init__(self, job: Job) -> None:
        self._path = job.work / "first-use.json"
        self._known = read_table(self._path)

    def of(self, wanted: Wanted) -> str:
        return wanted.sha256 or self._known.get(wanted.url, "")

    def note(self, wanted: Wanted, sha256: str) -> None:
        if not wanted.sha256 and wanted.url not in self._known:
            self._known[wanted.url] = sha256
            write_json(self._path, self._known)


def _one(job: Job, place: Path, wanted: Wanted, known: _FirstUse) -> BundleFile | Finding:
    target = place / wanted.file
    expected = known.of(wanted)
    if expected and target.is_file() and not target.is_symlink() and sha256_of(target) == expected:
        return _told(target, wanted, expected)
    target.unlink(missing_ok=True)
    if expected and wanted.locked and expected not in wanted.locked:
        return _bad(wanted, expected)
    got = _downloaded(job, wanted, target)
    if expected and got.known and got.value != expected:  # perhaps another file's beginning: once more, from its own
        target.unlink(missing_ok=True)
        got = _downloaded(job, wanted, target)
    if got.value is None:
        return finding("wheel-not-fetched", evidence=(got.reason(),), file=wanted.file, url=bare(wanted.url).url)
    if got.value not in (wanted.locked or (expected or got.value,)):
        target.unlink(missing_ok=True)
        return _bad(replace(wanted, sha256=expected), got.value)
    known.note(wanted, got.value)
    job.tell(wanted.file)
    return _told(target, wanted, got.value)


def _bad(wanted: Wanted, got: str) -> Finding:
    """Another file than the lock, or who published it, promises."""
    promised = ", ".join(wanted.locked or (wanted.sha256,))
    evidence = (text("install", "hashes", wanted=promised, got=got), bare(wanted.url).url)
    return finding("bundle-file-bad", evidence=evidence, file=wanted.file)


def _downloaded(job: Job, wanted: Wanted, target: Path) -> Fact[str]:
    url = whole(wanted.url, job.options.credentials)
    return job.host.download(url, str(target), timeout=_TIMEOUT, limit=_LIMIT, resume=True)


def _told(target: Path, wanted: Wanted, sha256: str) -> BundleFile:
    return BundleFile(
        path=wanted.file,
        sha256=sha256,
        size=target.stat().st_size,
        hash_from=wanted.hash_from if wanted.sha256 or wanted.locked else HashFrom.FIRST_USE,
        name=wanted.name,
        version=wanted.version,
        origin="" if wanted.url.startswith("file:") else bare(wanted.url).url,
    )
