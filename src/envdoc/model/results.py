"""How steps and proofs ended, and the installer's events while they run."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from envdoc.model.finding import Finding
from envdoc.model.value import dataclass, field


class StepStatus(StrEnum):
    DONE = "done"  # it ran and changed something
    UNCHANGED = "unchanged"  # what it would do was done already
    FAILED = "failed"
    SKIPPED = "skipped"  # a step before it failed


@dataclass(frozen=True, slots=True)
class StepResult:
    id: str
    title: str
    status: StepStatus
    seconds: float = 0.0
    detail: str = ""  # one line: what was found, made or installed
    log: str = ""  # path of the step's whole log, "" where it has none
    findings: tuple[Finding, ...] = ()


class ProofStatus(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not-checked"
    TIMED_OUT = "timed-out"
    CRASHED = "crashed"  # the child died by a signal


@dataclass(frozen=True, slots=True)
class ProofResult:
    """One proof, on one GPU or none. `figures` are measured numbers with their unit in the name."""

    name: str  # "import:torch", "matmul-bf16"
    title: str
    status: ProofStatus
    gpu: int | None = None
    reason: str = ""  # why it failed or could not be tried; what was seen when it passed
    seconds: float = 0.0
    figures: dict[str, Any] = field(default_factory=dict)  # {"tflops": 712.3, "tflops_expected": 989.0}
    output_tail: str = ""  # the last lines the child printed, when it did not pass
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class InstallResult:
    environment: str
    profile: str
    usable: bool
    steps: tuple[StepResult, ...] = ()
    proofs: tuple[ProofResult, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def changed(self) -> bool:
        return any(step.status is StepStatus.DONE for step in self.steps)
