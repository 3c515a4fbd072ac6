"""How the work of a step ended."""

from __future__ import annotations

from envdoc.model.finding import Finding
from envdoc.model.value import dataclass, field


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step's work ended. With findings of severity error it failed."""

    detail: str = ""
    changed: bool = True
    findings: tuple[Finding, ...] = ()
    failed: bool = False
    data: dict[str, str] = field(default_factory=dict)  # for later runs, in the journal
