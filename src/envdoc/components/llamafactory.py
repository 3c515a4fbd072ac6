"""LLaMA-Factory: fine-tuning from a YAML file. From 0.9.5 on it has no extras; what it may use comes as
components of their own (bitsandbytes, deepspeed, liger-kernel), within its bounds, which the lock holds."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack
from envdoc.findings import text

NAME = "llamafactory"
TITLE = "LLaMA-Factory (llamafactory-cli, web UI)"
PACKAGES = ("llamafactory",)
PROOFS = ("import:llamafactory", "llamafactory-cli-version", "llamafactory-cli-train-help")
DOCS = "https://llamafactory.readthedocs.io/en/latest/getting_started/installation.html"


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The locked release, judged by its Python and torch bounds."""
    return (from_stack(context, NAME, why=text("resolve", "pinned-release")),)
