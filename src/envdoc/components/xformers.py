"""xformers: memory-efficient attention. Up to 0.0.34 each release pins its torch exactly, and its wheel on the
package index is compiled for one CUDA: with another major its kernels are not loaded, with a warning alone."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack
from envdoc.findings import text

NAME = "xformers"
TITLE = "xformers (memory-efficient attention)"
PACKAGES = ("xformers",)
PROOFS = ("import:xformers", "xformers")
DOCS = "https://github.com/facebookresearch/xformers#installing-xformers"
USUAL = False


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The release that belongs to this torch and CUDA."""
    return (from_stack(context, NAME, why=text("resolve", "belongs", torch=context.torch)),)
