"""Executes a plan through the Host, with a journal, resume, rollback and adopt. Prints nothing.

The names are loaded when they are asked for: a second run with nothing to do needs few of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.installer.events import Event, StepEnded, StepLine, StepStarted
    from envdoc.installer.executor import execute
    from envdoc.installer.options import Options
    from envdoc.installer.undo import adopt, history, remove, rollback, takes_away

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
    "takes_away",
]

_HOMES = {
    "Event": "events",
    "Options": "options",
    "StepEnded": "events",
    "StepLine": "events",
    "StepStarted": "events",
    "adopt": "undo",
    "execute": "executor",
    "history": "undo",
    "remove": "undo",
    "rollback": "undo",
    "takes_away": "undo",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found
