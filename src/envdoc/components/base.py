"""The shape of a component: one thing that can be installed, in one small module.

A component module offers the names of the Protocol below. `registry.py` lists the modules; nothing else knows
them. A component decides nothing about the machine as a whole: the resolver has chosen torch, CUDA variant and
Python, and asks each component what that means for it.
"""

from __future__ import annotations

from typing import Protocol

from envdoc.rules.choice.asked import Candidate, Context, Requirement

__all__ = ["Candidate", "Component", "Context", "Requirement"]


class Component(Protocol):
    """What a component module offers."""

    NAME: str  # "bitsandbytes"
    TITLE: str  # one line for lists
    PACKAGES: tuple[str, ...]  # normalised names of the distributions it owns, () for none; removal takes these
    # USUAL = False: goes in only where it is asked for by name, or by a profile
    # FOLDERS: tuple[str, ...] where its steps make some, "llama.cpp"; removal takes these too
    PROOFS: tuple[str, ...]  # proof names that show it works: "import:bitsandbytes", "bnb-nf4"
    DOCS: str  # URL of the project's own installation page

    def candidates(self, context: Context) -> tuple[Candidate, ...]:
        """Ways to install it, the preferred first; those that do not fit carry their reasons."""
        ...
