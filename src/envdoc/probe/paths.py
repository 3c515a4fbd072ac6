"""Paths as strings in the flavour of the machine that is looked at, which need not be ours."""

from __future__ import annotations

import ntpath
import posixpath

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System


def join(host: Host, *parts: str) -> str:
    return ntpath.join(*parts) if host.system is System.WINDOWS else posixpath.join(*parts)


def parent(host: Host, path: str) -> str:
    return ntpath.dirname(path) if host.system is System.WINDOWS else posixpath.dirname(path)


def name(host: Host, path: str) -> str:
    return ntpath.basename(path) if host.system is System.WINDOWS else posixpath.basename(path)


def same(host: Host, left: str, right: str) -> bool:
    """Whether two spellings lead to one place (links resolved, Windows' case ignored)."""
    return key(host, left) == key(host, right)


def key(host: Host, path: str) -> str:
    """One spelling for each place, to compare and to remember by."""
    real = host.realpath(path)
    return ntpath.normcase(ntpath.normpath(real)) if host.system is System.WINDOWS else posixpath.normpath(real)


def absolute(host: Host, path: str) -> str:
    """The path from the root; an absolute one stays as it is written, links and all."""
    rooted = ntpath.isabs(path) if host.system is System.WINDOWS else posixpath.isabs(path)
    return path if rooted else host.realpath(path)


def exists(host: Host, path: str) -> bool:
    return host.stat(path).known


def presence(host: Host, path: str, source: str) -> Fact[bool]:
    """Whether `path` is there; a missing fact where we may not look."""
    stat = host.stat(path)
    if stat.known or stat.why is Why.ABSENT:
        return known(stat.known, source)
    return missing(stat.why or Why.FAILED, source, stat.detail, stat.code)


def home(host: Host) -> str:
    """The user's home folder by the environment; "" where it does not say."""
    return host.environ.get("USERPROFILE" if host.system is System.WINDOWS else "HOME", "")


def expand(host: Host, path: str) -> str:
    """`~/x` in full."""
    return home(host) + path[1:] if path == "~" or path.startswith(("~/", "~\\")) else path


def search_path(host: Host) -> tuple[str, ...]:
    """The folders of PATH in order, each once, without blanks and quotes around them."""
    separator = ";" if host.system is System.WINDOWS else ":"
    folders = (part.strip().strip('"') for part in host.environ.get("PATH", "").split(separator))
    return tuple(dict.fromkeys(folder for folder in folders if folder))


def cache_home(host: Host) -> str:
    """Where this user's programs keep caches."""
    if host.system is System.WINDOWS:
        return host.environ.get("LOCALAPPDATA") or join(host, home(host), "AppData", "Local")
    if host.system is System.DARWIN:
        return join(host, home(host), "Library", "Caches")
    return host.environ.get("XDG_CACHE_HOME") or join(host, home(host), ".cache")
