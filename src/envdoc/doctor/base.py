"""The shape of a check: a small pure function from what is known to findings.

    @check("driver-present", codes=("no-driver",), gpu=True)
    def driver_present(case: Case) -> Outcome: ...

Its title stands in `findings/words/titles.yaml`.

A check returns findings (none: pass), or raises nothing but `NotCheckedError("why it could not look")`.
Which checks count: those marked `gpu=True` are not looked at under a profile that needs no GPU (`cpu`); those
whose `applies` says no (Windows ones elsewhere) are left out of the report; all others always count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from envdoc.doctor.groups import group_of
from envdoc.findings import worded
from envdoc.knowledge.tables import Knowledge
from envdoc.model.finding import CheckResult, Finding
from envdoc.model.machine import Machine
from envdoc.model.profile import Locks, Profile
from envdoc.model.value import dataclass, field


class NotCheckedError(Exception):
    """There was nothing to look at (torch is not installed, no GPU); the text says why, for the report."""


class BlindError(NotCheckedError):
    """There may be something to look at, and a fact that the check needs could not be had; the text says which."""


def _shipped() -> tuple[Profile, ...]:
    from envdoc.knowledge.profiles import shipped  # most runs propose nothing

    return shipped()


def _of_files(profile: Profile, name: str) -> tuple[str, ...]:
    from envdoc.knowledge.profiles import lock_lines

    return lock_lines(profile, name)


@dataclass(frozen=True, slots=True)
class Case:
    """What a check looks at. `profile` is the one the user named, None where none was named.

    `profiles` gives those that remedies may propose, most preferred first; it is called only when a remedy needs
    one (reading them all takes longer than the checks). `locks` gives the lines of a profile's locks. `memory`
    keeps what several checks ask for.
    """

    machine: Machine
    knowledge: Knowledge
    profile: Profile | None = None
    profiles: Callable[[], tuple[Profile, ...]] = _shipped
    locks: Locks = _of_files
    results: tuple[CheckResult, ...] = ()  # for the checks that judge the others: what those came to
    required: tuple[str, ...] = ()  # ids of checks that the user wants to have looked
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def wants_gpu(self) -> bool:
        """Whether GPUs count: always, but under a profile that needs none."""
        return self.profile is None or self.profile.gpus is not None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check came to. With something `unseen` it does not pass: it found what it found, or was blind."""

    seen: str = ""  # for the line of a passing check: "driver 580.159.04, CUDA 13.0"
    findings: tuple[Finding, ...] = ()
    unseen: tuple[str, ...] = ()  # facts that could not be had: "GPU 1: ECC errors: failed (nvml)"


@dataclass(frozen=True, slots=True)
class Check:
    id: str
    codes: tuple[str, ...]  # every finding code it may return
    look: Callable[[Case], Outcome]
    applies: Callable[[Case], bool]  # a Windows check does not exist on Linux
    gpu: bool = False  # counts only where the profile needs a GPU
    decisive: bool = False  # blind, it is an error of its own: see `doctor.decisive`
    last: bool = False  # judges the results of the others
    beyond_listings: bool = False  # looks at files and variables, which no pasted listing tells
    group: str = ""  # see `doctor.groups`

    @property
    def title(self) -> str:
        """What it looks at, in words."""
        return worded("titles", self.id)


REGISTRY: list[Check] = []


def check(
    id: str,  # noqa: A002 - the field's name in the contract
    *,
    codes: tuple[str, ...],
    applies: Callable[[Case], bool] = lambda _: True,
    gpu: bool = False,
    decisive: bool = False,
    last: bool = False,
    beyond_listings: bool = False,
) -> Callable[[Callable[[Case], Outcome]], Callable[[Case], Outcome]]:
    """Register a function as a check, in the order of the report."""

    def register(look: Callable[[Case], Outcome]) -> Callable[[Case], Outcome]:
        group = group_of(look.__module__)
        REGISTRY.append(Check(id, codes, look, applies, gpu, decisive, last, beyond_listings, group))
        return look

    return register
