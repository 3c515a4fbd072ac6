"""EETQ: 8-bit weights. Its one wheel is of March 2024, for Python 3.10; transformers 5 takes its kernels by the
package `kernels` instead, so that a refusal is what most environments get."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack
from envdoc.findings import text
from envdoc.model.value import replace

NAME = "eetq"
TITLE = "EETQ (8-bit weights)"
PACKAGES = ("eetq",)
PROOFS = ("import:eetq",)
DOCS = "https://github.com/NetEase-FuXi/EETQ#installation"
USUAL = False


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The one wheel where it fits; elsewhere with what serves instead."""
    found = from_stack(context, NAME, why=text("resolve", "newest-with-others"))
    if not found.reasons:
        return (found,)
    return (replace(found, reasons=(*found.reasons, text("resolve", "eetq-instead"))),)
