"""AQLM: loads models with additive quantization (2 bits). Pure Python; its kernels are Triton's, or compiled at first
use. Its last release is of April 2025."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack
from envdoc.findings import text

NAME = "aqlm"
TITLE = "AQLM (models quantized to 2 bits)"
PACKAGES = ("aqlm",)
PROOFS = ("import:aqlm",)
DOCS = "https://github.com/Vahe1994/AQLM#installation"
USUAL = False


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The last release."""
    return (from_stack(context, NAME, why=text("resolve", "newest-with-others")),)
