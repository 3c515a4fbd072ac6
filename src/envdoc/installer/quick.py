"""Is there nothing to do? Answered from files alone: no process, no lock, no proof again."""

from __future__ import annotations

from collections.abc import Sequence

from envdoc.installer import journal, state
from envdoc.installer.folder import Folder
from envdoc.installer.steps import kind_of
from envdoc.installer.wanted import Wanted
from envdoc.model.plan import Plan, Prove


def nothing_to_do(folder: Folder, plan: Plan, wanted: Wanted, entries: Sequence[journal.Entry]) -> bool:
    """Whether the plan was executed and proved, and the environment is still what was proved."""
    table = state.read(folder)
    return (
        table.get("state") == state.USABLE
        and table.get("plan") == state.plan_hash(wanted)
        and journal.done_steps(entries, wanted) == len(wanted)
        and drift(folder, plan) is None
    )


def drift(folder: Folder, plan: Plan) -> int | None:
    """Where in the plan the work must begin again because files changed since the proof; None: nowhere."""
    places = enumerate(plan.steps)
    return next((place for place, step in places if not kind_of(step).still(step, folder, plan)), None)


def proves(plan: Plan) -> bool:
    """Whether the plan ends in a proof; without one nothing is ever marked usable."""
    return any(isinstance(step, Prove) for step in plan.steps)
