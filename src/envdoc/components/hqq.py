"""HQQ: quantization to 1 to 8 bits without calibration. A source distribution of Python alone, once it is told not to
compile its CUDA kernels, which it would do by a shell and without being asked."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack
from envdoc.findings import text

NAME = "hqq"
TITLE = "HQQ (quantization without calibration)"
PACKAGES = ("hqq",)
PROOFS = ("import:hqq", "hqq", "hqq-cpu")
DOCS = "https://github.com/mobiusml/hqq#installation"
USUAL = False


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The newest release, built without its CUDA kernels: Triton's and PyTorch's serve."""
    return (from_stack(context, NAME, why=text("resolve", "newest-with-others"), build_env={"DISABLE_CUDA": "1"}),)
