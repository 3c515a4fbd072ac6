"""What components bring to a plan: their requirements as an engine reads them, and their own steps."""

from __future__ import annotations

import re
from collections.abc import Iterable

from envdoc.components.base import Candidate, Requirement
from envdoc.model.builds import BuildWheel, FetchTree, OwnEnvironment, ProvideToolkit
from envdoc.model.plan import InstallPackages, Step
from envdoc.model.resolution import Source, SourceKind
from envdoc.model.value import replace

TORCH_ALONE = (SourceKind.PYTORCH, SourceKind.MIRROR)
_VARIANT = re.compile(r"\{cuda\}|\bcu\d{3}\b")


def component_steps(
    candidates: Iterable[tuple[str, Candidate]], sources: tuple[Source, ...], torch: tuple[Source, ...] = ()
) -> tuple[Step, ...]:
    """The components' own steps, with the places that packages come from for those that ask an index.

    Args:
        torch: further places that give torch alone, for environments of scripts, which compute without a GPU.
    """
    steps = (step for _, way in candidates for step in way.steps)
    return tuple(_asking(step, sources, torch) for step in steps)


def _asking(step: Step, sources: tuple[Source, ...], torch: tuple[Source, ...]) -> Step:
    if isinstance(step, OwnEnvironment):
        return replace(step, sources=tuple(map(_for_cpu, (*torch, *sources))))
    if isinstance(step, (FetchTree, ProvideToolkit, InstallPackages, BuildWheel)):
        return replace(step, sources=sources)
    return step


def _for_cpu(source: Source) -> Source:
    """PyTorch's index by its folder for builds without CUDA."""
    return replace(source, url=_VARIANT.sub("cpu", source.url)) if source.kind in TORCH_ALONE else source


def written(requirement: Requirement) -> str:
    """As an engine reads it: exact, or the range where only that is known."""
    exact = requirement.version[0].isdigit()
    return f"{requirement.name}{'==' if exact else ''}{requirement.version}"
