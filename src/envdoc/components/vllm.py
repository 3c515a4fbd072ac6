"""vLLM: serving. Each release pins one torch exactly and is compiled for one CUDA major, so that the question is
which one goes with this torch; Linux alone."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import for_one_torch
from envdoc.findings import text

NAME = "vllm"
TITLE = "vLLM (serving)"
PACKAGES = ("vllm",)
PROOFS = ("import:vllm",)
DOCS = "https://docs.vllm.ai/en/latest/getting_started/installation/gpu.html"
USUAL = False


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The newest release that is made for this very torch; where none is, the torch releases that have one."""
    return (for_one_torch(context, NAME, why=text("resolve", "belongs", torch=context.torch)),)
