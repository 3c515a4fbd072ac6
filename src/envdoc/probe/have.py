"""Whether a path, or a model of the hub, is on this machine, and how much of it: to be compared with others."""

from __future__ import annotations

from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.probe import hub, paths

_MOST = 10_000  # entries of a folder that are looked at


def have(host: Host, path: str) -> Fact[str]:
    """What is there: `folder, 12 files, 15231 MiB` counts the folder's own files, not those of folders in it."""
    here = paths.expand(host, path)
    stat = host.stat(here)
    if stat.value is not None:
        return _folder(host, here) if stat.value.is_dir else known(text("fleet", "a-file", bytes=stat.value.size))
    return _cached(host, path) or missing(stat.why or Why.ABSENT, "", stat.detail)


def _cached(host: Host, name: str) -> Fact[str] | None:
    """`owner/model` in the hub's cache: its newest snapshot."""
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        return None
    folder = paths.join(host, hub.cache(host), "models--" + name.replace("/", "--"), "snapshots")
    commits = host.listdir(folder).or_else(())
    return _folder(host, paths.join(host, folder, commits[-1])) if commits else None


def _folder(host: Host, folder: str) -> Fact[str]:
    names = host.listdir(folder)
    if names.value is None:
        return missing(names.why or Why.FAILED, "", names.detail)
    stats = [host.stat(paths.join(host, folder, name)).value for name in names.value[:_MOST]]
    files = [stat.size for stat in stats if stat is not None and not stat.is_dir]
    return known(text("fleet", "a-folder", count=len(files), mib=sum(files) >> 20))
