"""A context as the resolver makes it, with a hand-made lock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from envdoc.components.base import Candidate, Context
from envdoc.components.registry import named
from envdoc.knowledge.tables import load
from envdoc.model.machine import System

LOCK = {
    "bitsandbytes": "0.50.2",
    "deepspeed": "0.18.4",
    "huggingface-hub": "1.33.0",
    "liger-kernel": "0.8.5",
    "llamafactory": "0.9.5",
}
CONTEXT = Context(System.LINUX, "x86_64", "3.12", "2.8.0", "cu128", ("12.0",), load(), LOCK)


def only(component: str, **changes: Any) -> Candidate:
    """The component's one candidate in the usual context with these changes."""
    (candidate,) = named(component).candidates(replace(CONTEXT, **changes))
    return candidate


def written(candidate: Candidate) -> list[str]:
    return [f"{each.name} {each.version}" for each in candidate.requirements]
