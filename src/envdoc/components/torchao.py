"""torchao: quantization and low-precision training in PyTorch. Its compiled parts are for one torch; beside another
they are left out with a warning, and what is written in Python works."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack
from envdoc.findings import text

NAME = "torchao"
TITLE = "torchao (quantization, FP8 training)"
PACKAGES = ("torchao",)
PROOFS = ("import:torchao", "torchao", "torchao-cpu")
DOCS = "https://github.com/pytorch/ao#installation"
USUAL = False


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The newest release whose bounds go with the rest."""
    return (from_stack(context, NAME, why=text("resolve", "newest-with-others")),)
