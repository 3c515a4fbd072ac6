"""`envdoc diff`: what changed between two machines (two snapshots, or a snapshot and now)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from envdoc.host.base import Host
from envdoc.model.codec import encode
from envdoc.model.machine import Machine
from envdoc.model.value import dataclass
from envdoc.workflow.machine import load_snapshot
from envdoc.workflow.snapshot import redacted
from envdoc.workflow.wishes import MachineWish

# What differs between any two runs, and says nothing.
_NOISE = ("taken", "tool", "origin", "note", "age_seconds", "free_mib", "memory_available_mib", "temperature_c")


@dataclass(frozen=True, slots=True)
class Change:
    place: str  # "target.packages.torch"
    before: str  # "" where it was not there
    after: str  # "" where it is gone


def diff(host: Host, before: str, after: str = "") -> tuple[Change, ...]:
    """Changes from one snapshot to another, or to this machine now."""
    old = load_snapshot(host, before)
    new = load_snapshot(host, after) if after else redacted(host, MachineWish())
    return changes(old, new)


def changes(before: Machine, after: Machine) -> tuple[Change, ...]:
    """Every fact that differs, packages by their name."""
    old, new = _flat(encode(before)), _flat(encode(after))
    places = sorted(set(old) | set(new))
    pairs = ((place, old.get(place, ""), new.get(place, "")) for place in places)
    return tuple(Change(*pair) for pair in pairs if pair[1] != pair[2])


def _flat(data: Any, place: str = "") -> dict[str, str]:
    """`{"target.packages.torch": "2.8.0"}` of nested JSON data."""
    if isinstance(data, dict):
        if {"name", "version", "folder"} <= set(data):
            return {place.replace(".value", ""): str(data["version"])}
        items = [(key, value) for key, value in data.items() if key not in _NOISE]
        return _joined((f"{place}.{key}".strip("."), value) for key, value in items if key != "source")
    if isinstance(data, list):
        return _joined((f"{place}.{label}", item) for label, item in _labelled(data))
    return {place.replace(".value", ""): str(data)}


def _labelled(items: list[Any]) -> Iterator[tuple[str, Any]]:
    """Each item by its name, the second of one name as `NVIDIA H200 #2`; those without a name by their number."""
    seen: Counter[str] = Counter()
    for number, item in enumerate(items):
        named = isinstance(item, dict) and isinstance(item.get("name"), str)
        label = str(item["name"]) if named else str(number)
        seen[label] += 1
        yield (label if seen[label] == 1 else f"{label} #{seen[label]}"), item


def _joined(items: Any) -> dict[str, str]:
    out: dict[str, str] = {}
    for place, value in items:
        out.update(_flat(value, place))
    return out
