"""What of a plan must be equal for its steps to count as done."""

from __future__ import annotations

from envdoc.model.plan import Plan, fingerprint

Wanted = tuple[tuple[str, str], ...]  # (step id, fingerprint), in order


def wanted_of(plan: Plan) -> Wanted:
    """Each step's id and the hash of what it leads to."""
    return tuple((step.id, fingerprint(step.bare())) for step in plan.steps)
