"""What components are asked by the choice, and what they answer. The floor does not know them: they are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from envdoc.knowledge.tables import Knowledge
from envdoc.model.candidate import Candidate, Requirement
from envdoc.model.machine import System
from envdoc.model.value import dataclass, field
from envdoc.rules.builder import Builder
from envdoc.rules.drivers import Driver

__all__ = ["Candidate", "Components", "Context", "Requirement"]


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
    glibc: str = ""  # the C library's version on Linux; "" unknown
    driver: Driver = Driver("", "")  # for what is compiled at first use
    builder: Builder = Builder()  # what a source build would have
    places: Mapping[str, str] = field(default_factory=dict)  # component -> where the user wants it from


class Components(Protocol):
    """The registry of components, as much of it as a choice asks."""

    def names(self) -> tuple[str, ...]:
        """Every component, in the order of installation."""
        ...

    def usual(self) -> tuple[str, ...]:
        """Those that go along where nobody names any, in the order of installation."""
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
