"""What of a plan must be equal for its steps to count as done: not where packages come from, not which
interpreters are known, not sizes or titles.
"""

from __future__ import annotations

from envdoc.model.plan import InstallPackages, Plan, ProvidePython, Step, fingerprint
from envdoc.model.value import replace

Wanted = tuple[tuple[str, str], ...]  # (step id, fingerprint), in order


def wanted_of(plan: Plan) -> Wanted:
    """Each step's id and the hash of what it leads to."""
    return tuple((step.id, fingerprint(_bare(step))) for step in plan.steps)


def _bare(step: Step) -> Step:
    if isinstance(step, ProvidePython):
        return replace(step, known=(), title="")
    if isinstance(step, InstallPackages):
        return replace(step, sources=(), title="", download_mib=0, disk_mib=0)
    return replace(step, title="")
