"""The shape of a check: a small pure function from what is known to findings.

    @check("driver-present", "NVIDIA driver", codes=("no-driver",), gpu=True)
    def driver_present(case: Case) -> Outcome: ...

A check returns findings (none: pass), or raises nothing but `NotCheckedError("why it could not look")`.
Which checks count: those marked `gpu=True` are not looked at under a profile that needs no GPU (`cpu`); those
whose `applies` says no (Windows ones elsewhere) are left out of the report; all others always count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from envdoc.knowledge.tables import Knowledge
from envdoc.model.finding import Finding
from envdoc.model.machine import Machine
from envdoc.model.profile import Profile
from envdoc.model.value import dataclass, field


class NotCheckedError(Exception):
    """The check could not look; the text says why, for the report."""


def _shipped() -> tuple[Profile, ...]:
    from envdoc.knowledge.profiles import shipped  # most runs propose nothing

    return shipped()


@dataclass(frozen=True, slots=True)
class Case:
    """What a check looks at. `profile` is the one the user named, None where none was named.

    `profiles` gives those that remedies may propose, most preferred first; it is called only when a remedy needs
    one (reading them all takes longer than the checks). `memory` keeps what several checks ask for.
    """

    machine: Machine
    knowledge: Knowledge
    profile: Profile | None = None
    profiles: Callable[[], tuple[Profile, ...]] = _shipped
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def wants_gpu(self) -> bool:
        """Whether GPUs count: always, but under a profile that needs none."""
        return self.profile is None or self.profile.gpus is not None


# What was seen, for the line of a passing check ("driver 580.159.04, CUDA 13.0"), and the findings.
@dataclass(frozen=True, slots=True)
class Outcome:
    seen: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    id: str
    title: str
    codes: tuple[str, ...]  # every finding code it may return
    look: Callable[[Case], Outcome]
    applies: Callable[[Case], bool]  # a Windows check does not exist on Linux
    gpu: bool = False  # counts only where the profile needs a GPU


REGISTRY: list[Check] = []


def check(
    id: str,  # noqa: A002 - the field's name in the contract
    title: str,
    *,
    codes: tuple[str, ...],
    applies: Callable[[Case], bool] = lambda _: True,
    gpu: bool = False,
) -> Callable[[Callable[[Case], Outcome]], Callable[[Case], Outcome]]:
    """Register a function as a check, in the order of the report."""

    def register(look: Callable[[Case], Outcome]) -> Callable[[Case], Outcome]:
        REGISTRY.append(Check(id, title, codes, look, applies, gpu))
        return look

    return register
