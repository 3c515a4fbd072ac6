"""Triton: the compiler of GPU kernels behind `torch.compile`, Liger and unsloth. On Linux torch pins it exactly and
brings it along; on Windows it is `triton-windows`, of torch's Triton line, which nothing brings along."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import gpu_only, too_old
from envdoc.components.rows import triton as belonging
from envdoc.findings import text
from envdoc.model.machine import System

NAME = "triton"
TITLE = "Triton (triton-windows on Windows)"
PACKAGES = ("triton", "triton-windows")
PROOFS = ("import:triton", "compile")
DOCS = "https://github.com/triton-lang/triton-windows#readme"
USUAL = False


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The one that belongs to this torch."""
    wanted = belonging(context)
    reasons = [*gpu_only(context, NAME), *too_old(context, NAME, "7.0")]
    if not wanted:
        name = "triton-windows" if context.system is System.WINDOWS else NAME
        reasons.append(text("resolve", "no-triton", name=name, torch=context.torch))
    return (Candidate(" ".join((NAME, *(each.version for each in wanted))), wanted, tuple(reasons)),)
