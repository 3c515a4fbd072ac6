"""unsloth: faster LoRA on one GPU. Its bounds are narrow and reach into transformers, trl, datasets and torch: pip
brings torch down to what they allow, on Windows to a CPU build. Here torch stays, and what does not go with it is
refused."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack, gpu_only
from envdoc.findings import text
from envdoc.model.value import replace

NAME = "unsloth"
TITLE = "unsloth (faster LoRA on one GPU)"
PACKAGES = ("unsloth", "unsloth-zoo")
PROOFS = ("import:unsloth",)
DOCS = "https://docs.unsloth.ai/get-started/install-and-update"
USUAL = False


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The newest release whose bounds go with torch and the rest; its import asks for a GPU."""
    found = from_stack(context, NAME, why=text("resolve", "newest-with-others"))
    return (replace(found, reasons=(*found.reasons, *gpu_only(context, NAME))),)
