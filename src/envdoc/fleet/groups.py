"""Many snapshots in groups of those that are alike: the largest is what is usual, and the others say how they differ.

Only one set of facts is kept for each group, so that a thousand machines of one kind cost as much as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from envdoc.fleet.facts import facts, title
from envdoc.model.fleet import Difference, Group
from envdoc.model.machine import Machine

_MOST = 200  # differences told of one group; a machine of another kind differs in everything
_LEFT_OUT = ("kernel",)  # differs between machines that are alike in all that matters


def digest(machine: Machine) -> tuple[tuple[str, str], ...]:
    """What a snapshot is grouped by."""
    told = facts(machine)
    return tuple((fact, each.value or f"({each.why})") for fact, each in told.items() if fact not in _LEFT_OUT)


def grouped(read: Iterable[tuple[str, tuple[tuple[str, str], ...]]]) -> tuple[Group, ...]:
    """Files and their digests as groups, the smallest first; the largest, the last, has no differences."""
    files: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for file, told in read:
        files.setdefault(told, []).append(file)
    if not files:
        return ()
    order = sorted(files, key=lambda told: (len(files[told]), files[told]))
    usual = dict(order[-1])
    return tuple(Group(tuple(files[told]), _differences(dict(told), usual)) for told in order)


def _differences(own: Mapping[str, str], usual: Mapping[str, str]) -> tuple[Difference, ...]:
    every = list(dict.fromkeys((*own, *usual)))
    differ = [fact for fact in every if own.get(fact, "") != usual.get(fact, "")]
    return tuple(Difference(fact, title(fact), own.get(fact, ""), usual.get(fact, "")) for fact in differ[:_MOST])
