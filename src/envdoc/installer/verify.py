"""Is an environment still what an earlier run of this plan made and proved? Answered from files alone."""

from __future__ import annotations

from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.installer import journal, quick, state
from envdoc.installer.folder import folder_of
from envdoc.installer.wanted import wanted_of
from envdoc.model.plan import Plan, Prove
from envdoc.model.results import InstallResult, StepResult, StepStatus


def unchanged(plan: Plan, host: Host) -> InstallResult | None:
    """The result of a run that has nothing to do; None where there is something."""
    folder, wanted = folder_of(plan.environment, host.system), wanted_of(plan)
    if not quick.nothing_to_do(folder, plan, wanted, journal.read(folder.journal)):
        return None
    told = text("install", "proved-at", when=state.read(folder).get("proved", ""))
    steps = tuple(
        StepResult(step.id, step.title, StepStatus.UNCHANGED, detail=told if isinstance(step, Prove) else "")
        for step in plan.steps
    )
    return InstallResult(plan.environment, plan.profile, True, steps)
