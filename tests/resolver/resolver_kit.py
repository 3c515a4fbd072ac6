"""Imagined machines, sources in any state, and locks that do not move when the real ones are regenerated."""

from __future__ import annotations

from typing import Any

from envdoc import resolver
from envdoc.knowledge import profiles, tables
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Machine
from envdoc.model.profile import Profile
from envdoc.model.resolution import Offers, Resolution, Source, SourceKind, SourceState, Wish
from envdoc.resolver import whatif

PYTORCH = Source("pytorch", SourceKind.PYTORCH, "https://download.pytorch.org/whl/{cuda}")
PYPI = Source("pypi", SourceKind.PYPI, "https://pypi.org/simple")
UNASKED = (SourceState(PYTORCH), SourceState(PYPI))

_COMMON = ("bitsandbytes==0.50.2", "huggingface-hub==1.33.0", "liger-kernel==0.8.5", "llamafactory==0.9.5")


def fixed_lock(profile: Profile, name: str) -> tuple[str, ...]:
    """What the real locks pin of the components, in October 2026."""
    return (*_COMMON, "deepspeed==0.16.5" if name.startswith("windows") else "deepspeed==0.18.4")


def offering(source: Source, **versions: tuple[str, ...]) -> SourceState:
    """The source was asked and offers these."""
    return SourceState(source, known(Offers(versions), source.name))


def down(source: Source) -> SourceState:
    """The source was asked and did not answer."""
    return SourceState(source, missing(Why.TIMED_OUT, source.name))


class Resolver:
    """`resolve` and `make_plan` with the real tables and profiles, and everything else at hand to change."""

    knowledge = tables.load()
    profiles = profiles.load_all()

    def machine(self, **facts: Any) -> Machine:
        return whatif.apply(None, self.knowledge, **facts)

    def __call__(
        self, wish: Wish | None = None, sources: tuple[SourceState, ...] = UNASKED, **facts: Any
    ) -> Resolution:
        return self.resolve(self.machine(**facts), wish, sources)

    def resolve(
        self, machine: Machine, wish: Wish | None = None, sources: tuple[SourceState, ...] = UNASKED
    ) -> Resolution:
        return resolver.resolve(wish or Wish(), machine, self.knowledge, self.profiles, sources, locks=fixed_lock)
