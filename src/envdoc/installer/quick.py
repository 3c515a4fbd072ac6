"""Is there nothing to do? Answered from files alone: no process, no lock, no proof again."""

from __future__ import annotations

from collections.abc import Sequence

from envdoc.installer import journal, state
from envdoc.installer.dists import torch_cuda, versions
from envdoc.installer.folder import Folder, read_table, write_json
from envdoc.installer.hold import cuda_tag, torch_pin
from envdoc.installer.wanted import Wanted
from envdoc.model.cuda import cuda_of
from envdoc.model.plan import InstallPackages, InstallWheel, Plan, Prove, SetVariables


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
    kinds = (InstallPackages, InstallWheel)
    first = next((place for place, step in enumerate(plan.steps) if isinstance(step, kinds)), None)
    if not folder.python.exists():
        return 0
    if first is not None and (_packages_changed(folder) or _torch_changed(folder, plan)):
        return first
    for place, step in enumerate(plan.steps):
        if isinstance(step, SetVariables) and read_table(folder.variables) != step.variables:
            return place
    return None


def _packages_changed(folder: Folder) -> bool:
    """Whether one of the proved distributions is gone, doubled or of another version. Others may have come."""
    now = versions(folder.site_packages)
    return any(now.get(name) != version for name, version in read_table(folder.installed).items())


def _torch_changed(folder: Folder, plan: Plan) -> bool:
    tag = cuda_tag(torch_pin(plan))
    return bool(tag) and torch_cuda(folder.site_packages) != (cuda_of(tag) or "")


def remember(folder: Folder) -> None:
    """Keep the versions as they were proved.

    Raises:
        OSError: no space, no permission.
    """
    write_json(folder.installed, versions(folder.site_packages))


def proves(plan: Plan) -> bool:
    """Whether the plan ends in a proof; without one nothing is ever marked usable."""
    return any(isinstance(step, Prove) for step in plan.steps)
