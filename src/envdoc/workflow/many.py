"""`envdoc diff --many DIR`: every snapshot of a folder, in groups of those that are alike."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from envdoc.errors import DataError, UsageError
from envdoc.fleet.groups import digest, grouped
from envdoc.host.base import Host
from envdoc.model.codec import decode
from envdoc.model.fleet import Grouped
from envdoc.model.jsontext import table
from envdoc.model.machine import SCHEMA, Machine, System

LIMIT = 1000
_LARGEST = 1 << 25  # bytes of one snapshot
# What is grouped by. The rest is not looked at, and machines of one kind then have the very same text.
_PARTS = ("os", "hardware", "driver", "gpus", "target", "have")
_OF_TARGET = ("kind", "python", "torch", "packages")
_OF_GPU = ("index", "name", "compute_capability", "memory_total_mib")
_OF_PACKAGE = ("name", "version", "folder")
Digest = tuple[tuple[str, str], ...]
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
    groups = grouped(_read(host, folder, files, unread, on_read))
    return Grouped(groups, tuple(unread), time.monotonic() - start)


def _read(
    host: Host, folder: str, files: list[str], unread: list[tuple[str, str]], on_read: OnRead | None
) -> Iterator[tuple[str, Digest]]:
    """Each file's digest; what is no snapshot goes to `unread`."""
    separator = "\\" if host.system is System.WINDOWS else "/"
    known: dict[str, Digest] = {}
    for number, name in enumerate(files, 1):
        body = host.read(f"{folder.rstrip('/').rstrip(separator)}{separator}{name}", limit=_LARGEST)
        try:
            if body.value is None:
                raise DataError(body.reason(), hint="")
            yield name, _digest(body.value, known)
        except (DataError, ValueError) as error:
            unread.append((name, str(error)))
        if on_read:
            on_read(number, len(files))


def _digest(text: str, known: dict[str, Digest]) -> Digest:
    """Of a snapshot's text. Parts that were met before are not decoded again."""
    data = table(text)
    inner = data.get("machine", data)
    if not isinstance(inner, dict) or inner.get("schema", SCHEMA) != SCHEMA:
        raise ValueError(f"no snapshot of schema {SCHEMA}")
    parts = _parts(inner)
    key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    if key not in known:
        known[key] = digest(decode(Machine, parts))
    return known[key]


def _parts(data: dict[str, Any]) -> dict[str, Any]:
    parts = _only(data, _PARTS)
    target, hardware = parts.get("target"), parts.get("hardware")
    if isinstance(target, dict):
        parts["target"] = _listed(_only(target, _OF_TARGET), "packages", _OF_PACKAGE)
    if isinstance(hardware, dict):
        parts["hardware"] = _only(hardware, ("interfaces",))
    if isinstance(parts.get("driver"), dict):
        parts["driver"] = _only(parts["driver"], ("version",))
    return _listed(parts, "gpus", _OF_GPU)


def _listed(data: dict[str, Any], name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """With only these keys of each item of the fact `name`."""
    fact = data.get(name)
    if not isinstance(fact, dict) or not isinstance(fact.get("value"), list):
        return data
    items = [_only(item, keys) if isinstance(item, dict) else item for item in fact["value"]]
    return {**data, name: {**fact, "value": items}}


def _only(data: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: data[key] for key in keys if key in data}
