"""One way to install a component: what a component offers, what the resolver keeps, what the plan is made of."""

from __future__ import annotations

from collections.abc import Mapping

from envdoc.model.plan import Step
from envdoc.model.value import dataclass, field


@dataclass(frozen=True, slots=True)
class Requirement:
    name: str
    version: str  # exact; a range ("<3.4") where only that is known to belong to torch
    why: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to install the component here. `reasons` says why it does not fit; empty: it fits.

    What is in `requirements` is installed in the plan's steps for packages, under the lock; `steps` are done after
    them, in order. A component of packages alone has none.
    """

    title: str  # "bitsandbytes 0.50.2"
    requirements: tuple[Requirement, ...]
    reasons: tuple[str, ...] = ()
    no_deps: bool = False
    allow_build: tuple[str, ...] = ()  # pure-Python sdists that may be built
    build_env: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
