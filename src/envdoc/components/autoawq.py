"""AutoAWQ: makes and loads AWQ models. Archived by its author; transformers 5 loads AWQ models by GPTQModel, while
LLaMA-Factory still asks for this package. A source distribution of Python alone."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack
from envdoc.findings import text

NAME = "autoawq"
TITLE = "AutoAWQ (AWQ models; archived)"
PACKAGES = ("autoawq",)
PROOFS = ("import:awq",)
DOCS = "https://github.com/casper-hansen/AutoAWQ"
USUAL = False


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The last release."""
    return (from_stack(context, NAME, why=text("resolve", "last-release")),)
