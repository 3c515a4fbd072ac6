"""`envdoc diff --many DIR`: every snapshot of a folder, in groups of those that are alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from envdoc.errors import DataError, UsageError
from envdoc.fleet.groups import digest, grouped
from envdoc.host.base import Host
from envdoc.model.fleet import Grouped
from envdoc.model.machine import System
from envdoc.workflow.machine import load_snapshot

LIMIT = 1000
OnRead = Callable[[int, int], None]


def many(host: Host, folder: str, on_read: OnRead | None = None) -> Grouped:
    """The folder's `.json` files. One is read after the other, and of each only what it is grouped by is kept.

    Raises:
        UsageError: no folder, no snapshot in it, or more than `LIMIT`.
    """
    start = time.monotonic()
    names = host.listdir(folder)
    if names.value is None:
        raise UsageError(f"{folder}: cannot be read: {names.reason()}", hint="name a folder of snapshots")
    files = [name for name in names.value if name.endswith(".json")]
    if not files or len(files) > LIMIT:
        why = "no .json file in it" if not files else f"{len(files)} snapshots, {LIMIT} at most"
        raise UsageError(f"{folder}: {why}", hint="write them with `envdoc snapshot -o DIR/NAME.json`")
    unread: list[tuple[str, str]] = []

    def read() -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        separator = "\\" if host.system is System.WINDOWS else "/"
        for number, name in enumerate(files, 1):
            try:
                machine = load_snapshot(host, f"{folder.rstrip('/').rstrip(separator)}{separator}{name}")
            except DataError as error:
                unread.append((name, error.message))
            else:
                yield name, digest(machine)
            if on_read:
                on_read(number, len(files))

    groups = grouped(read())
    return Grouped(groups, tuple(unread), time.monotonic() - start)
