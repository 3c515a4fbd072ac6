"""huggingface_hub: downloads of models and data sets, and its command-line tool. transformers 4 needs a hub
below 1.0, transformers 5 one above; the profile's lock holds the pair together."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack
from envdoc.findings import text

NAME = "huggingface-hub"
TITLE = "Hugging Face Hub client"
PACKAGES = ("huggingface-hub",)
PROOFS = ("import:huggingface_hub",)
DOCS = "https://huggingface.co/docs/huggingface_hub/installation"


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The locked release."""
    return (from_stack(context, NAME, why=text("resolve", "with-transformers")),)
