"""Remedies chosen by the tables. A rule names a chooser by `do.choose`; None means: not enough is known."""

from __future__ import annotations

from collections.abc import Callable

from envdoc.diagnose.logic import Case
from envdoc.diagnose.values import Match
from envdoc.model.finding import Remediation

Chooser = Callable[[Match, Case], Remediation | None]


def choose(name: str, match: Match, case: Case) -> Remediation | None:
    """What the named chooser says for this match."""
    return choosers()[name](match, case)


def choosers() -> dict[str, Chooser]:
    """All choosers by name."""
    from envdoc.diagnose.remedies import drivers, extensions, packages, ptxas, toolkits, torch

    rooms = (torch, drivers, packages, toolkits, extensions, ptxas)
    return {name: chooser for room in rooms for name, chooser in room.CHOOSERS.items()}
