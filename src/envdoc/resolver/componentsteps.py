"""What components bring to a plan: their requirements as an engine reads them, and their own steps."""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.components.base import Candidate, Requirement
from envdoc.model.builds import FetchTree, ProvideToolkit
from envdoc.model.plan import InstallPackages, Step
from envdoc.model.resolution import Source
from envdoc.model.value import replace


def component_steps(candidates: Iterable[tuple[str, Candidate]], sources: tuple[Source, ...]) -> tuple[Step, ...]:
    """The components' own steps, with the places that packages come from for those that ask an index."""
    steps = (step for _, way in candidates for step in way.steps)
    asking = (FetchTree, ProvideToolkit, InstallPackages)
    return tuple(replace(step, sources=sources) if isinstance(step, asking) else step for step in steps)


def written(requirement: Requirement) -> str:
    """As an engine reads it: exact, or the range where only that is known."""
    exact = requirement.version[0].isdigit()
    return f"{requirement.name}{'==' if exact else ''}{requirement.version}"
