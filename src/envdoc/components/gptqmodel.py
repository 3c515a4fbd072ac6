"""GPTQModel: makes and loads GPTQ models, and loads AWQ models for transformers 5.

A source distribution, as some that it needs are. Its build would fetch a wheel of the project's own releases, or
compile for hours where it finds an nvcc; it is told to do neither: Triton's and PyTorch's kernels serve.
"""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import from_stack
from envdoc.findings import text
from envdoc.model.value import replace
from envdoc.rules.builder import no_compiler

NAME = "gptqmodel"
TITLE = "GPTQModel (GPTQ and AWQ models)"
PACKAGES = ("gptqmodel",)
PROOFS = ("import:gptqmodel",)
DOCS = "https://github.com/ModelCloud/GPTQModel#install"
USUAL = False

_BUILD_ENV = {"BUILD_CUDA_EXT": "0", "GPTQMODEL_FORCE_BUILD": "1"}


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The newest release that goes with the rest. One of the packages that it needs is a module in C."""
    variables = {**_BUILD_ENV, "TORCH_VERSION": context.torch}  # its build stops where it finds no torch to ask
    found = from_stack(context, NAME, why=text("resolve", "newest-with-others"), build_env=variables)
    if found.reasons or not no_compiler(context.builder):
        return (found,)
    return (replace(found, reasons=(text("resolve", "needs-compiler", name=found.title, part="pypcre"),)),)
