"""SGLang: serving. Each release pins one torch and one transformers exactly, and its kernels are compiled for one
CUDA major; Linux alone."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import for_one_torch
from envdoc.findings import text

NAME = "sglang"
TITLE = "SGLang (serving)"
PACKAGES = ("sglang",)
PROOFS = ("import:sglang",)
DOCS = "https://docs.sglang.ai/get_started/install.html"
USUAL = False


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The newest release that is made for this very torch; where none is, the torch releases that have one."""
    return (for_one_torch(context, NAME, why=text("resolve", "belongs", torch=context.torch)),)
