"""What requirements lead to, by what packages say of themselves (Requires-Dist lines)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from envdoc.model.value import dataclass
from envdoc.rules.requirements import holds, normal


@dataclass(frozen=True, slots=True)
class Edge:
    """One requirement line. `marker` "" where it always holds."""

    name: str  # normalised
    extras: frozenset[str]  # normalised
    marker: str


def reached(
    asked: Iterable[str], needs: Mapping[str, Sequence[str]], environment: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    """Every package that the lines of `asked` lead to, by normalised name, with the extras that are wanted of it.

    Args:
        needs: Requires-Dist lines by normalised name; a name that is not there leads nowhere.
        environment: PEP 508's variables of the target, `extra` left out.
    """
    found: dict[str, frozenset[str]] = {}
    todo = [each for line in asked if (each := edge(line)) and _holds(each, environment, frozenset())]
    while todo:
        one = todo.pop()
        before = found.get(one.name)
        extras = one.extras | (before or frozenset())
        if extras == before:
            continue
        found[one.name] = extras
        every = (edge(line) for line in needs.get(one.name, ()))
        todo += [each for each in every if each and _holds(each, environment, extras)]
    return found


def _holds(one: Edge, environment: Mapping[str, str], extras: frozenset[str]) -> bool:
    return any(holds(one.marker, {**environment, "extra": extra}) for extra in ("", *sorted(extras)))


@lru_cache(maxsize=8192)
def edge(line: str) -> Edge | None:
    """A line as it leads on; None for one that is no requirement."""
    from packaging.requirements import InvalidRequirement, Requirement  # where an installation asks only

    try:
        told = Requirement(line)
    except InvalidRequirement:
        return None
    return Edge(normal(told.name), frozenset(map(normal, told.extras)), str(told.marker or ""))
