"""What components are asked by the choice, and what they answer. The floor does not know them: they are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from envdoc.knowledge.tables import Knowledge
from envdoc.model.machine import System
from envdoc.model.value import dataclass, field


@dataclass(frozen=True, slots=True)
class Context:
    """What is settled when a component is asked."""

    system: System
    arch: str
    python: str  # "3.12"
    torch: str  # "2.7.0"
    cuda: str  # "cu128" | "cpu"
    gpus: tuple[str, ...]  # compute capabilities of the visible GPUs, () for cpu
    knowledge: Knowledge
    lock: Mapping[str, str] = field(default_factory=dict)  # normalised name -> version, from the profile's lock


@dataclass(frozen=True, slots=True)
class Requirement:
    name: str
    version: str  # exact; a range ("<3.4") where only that is known to belong to torch
    why: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to install the component here. `reasons` says why it does not fit; empty: it fits."""

    title: str  # "bitsandbytes 0.50.2"
    requirements: tuple[Requirement, ...]
    reasons: tuple[str, ...] = ()
    no_deps: bool = False
    allow_build: tuple[str, ...] = ()  # pure-Python sdists that may be built
    build_env: Mapping[str, str] = field(default_factory=dict)


class Components(Protocol):
    """The registry of components, as much of it as a choice asks."""

    def names(self) -> tuple[str, ...]:
        """Every component, in the order of installation."""
        ...

    def canonical(self, name: str) -> str:
        """The component's own spelling of a name. Raises UsageError where there is none."""
        ...

    def selected(self, base: Iterable[str], added: Iterable[str], removed: Iterable[str]) -> tuple[str, ...]:
        """The profile's components with `--with` and `--without`, in the order of installation."""
        ...

    def candidates(self, name: str, context: Context) -> tuple[Candidate, ...]:
        """A component's ways, the preferred first."""
        ...
