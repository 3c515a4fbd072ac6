"""Executes a plan through the Host, with a journal, resume, rollback and adopt. Prints nothing."""

from __future__ import annotations

from envdoc.installer.events import Event, StepEnded, StepLine, StepStarted
from envdoc.installer.execute import execute
from envdoc.installer.options import Options
from envdoc.installer.undo import adopt, history, remove, rollback

__all__ = [
    "Event",
    "Options",
    "StepEnded",
    "StepLine",
    "StepStarted",
    "adopt",
    "execute",
    "history",
    "remove",
    "rollback",
]
