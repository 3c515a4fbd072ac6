"""What the installer tells while it works. It prints nothing itself."""

from __future__ import annotations

from envdoc.model.results import StepResult
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class StepStarted:
    id: str
    title: str
    number: int  # from 1
    total: int


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line that a tool printed, with credentials masked."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class StepEnded:
    result: StepResult


Event = StepStarted | StepLine | StepEnded
