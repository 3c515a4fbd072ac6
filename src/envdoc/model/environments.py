"""What differs between two environments, and who did it."""

from __future__ import annotations

from envdoc.model.finding import Finding
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One package. A version is "" where it is not there; `who` tells of the second environment."""

    package: str
    before: str
    after: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class EnvironmentDiff:
    """Two environments (or one, as it was proved and as it is). `findings`: what became of torch."""

    before: str
    after: str
    differences: tuple[Difference, ...] = ()
    findings: tuple[Finding, ...] = ()
