"""Functions beside rules, for what data cannot say. A rule names its function by `logic:`.

A function gets a match and the case and returns the matches that hold: none (it is no such failure), the match
itself, changed ones, or one of a better rule.
"""

from __future__ import annotations

from collections.abc import Callable

from envdoc.diagnose.known import Known
from envdoc.diagnose.logfacts import LogFacts
from envdoc.diagnose.scan import Seen
from envdoc.diagnose.values import Context, Match
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known beside the match."""

    facts: LogFacts
    known: Known
    context: Context
    seen: Seen


Judge = Callable[[Match, Case], list[Match]]


def judge(match: Match, case: Case) -> list[Match]:
    """Ask the rule's function; rules without one hold as they are."""
    if not match.rule.logic:
        return [match]
    return functions()[match.rule.logic](match, case)


def functions() -> dict[str, Judge]:
    """All functions by name."""
    from envdoc.diagnose.logic import (
        apart,
        calls,
        cuda,
        kernel,
        loading,
        modules,
        named,
        needs,
        outside,
        packages,
        runtime,
        said,
        setup,
        shells,
        versions,
        wheels,
    )

    rooms = (
        *(apart, calls, cuda, kernel, loading, modules, named, needs),
        *(outside, packages, runtime, said, setup, shells, versions, wheels),
    )
    return {name: function for room in rooms for name, function in room.FUNCTIONS.items()}
