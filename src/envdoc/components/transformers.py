"""transformers: models and their training loop. LLaMA-Factory bounds it; alone it serves where LLaMA-Factory does not
go. It refuses to import beside a huggingface_hub of another age, so its row of the table bounds that one."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack
from envdoc.findings import text

NAME = "transformers"
TITLE = "Hugging Face transformers"
PACKAGES = ("transformers",)
PROOFS = ("import:transformers",)
DOCS = "https://huggingface.co/docs/transformers/installation"


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The locked release, judged by its Python and torch bounds."""
    return (from_stack(context, NAME, why=text("resolve", "newest-with-others")),)
