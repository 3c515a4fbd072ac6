"""Liger kernel: fused Triton kernels for training. Needs Triton: torch brings it on Linux; on Windows it is
`triton-windows`, which liger-kernel's metadata does not know, so liger-kernel goes in without its dependencies."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.rows import bounds_broken, gpu_only, pinned, stack_rows, too_old, triton, unlocked
from envdoc.findings import text
from envdoc.model.machine import System

NAME = "liger-kernel"
TITLE = "Liger kernel (fused Triton kernels)"
PACKAGES = ("liger-kernel", "triton-windows")
PROOFS = ("import:liger_kernel",)
DOCS = "https://github.com/linkedin/Liger-Kernel#installation"

# torch's inductor and with it Triton's own tests begin at Volta.
_LEAST_CAPABILITY = "7.0"


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The locked release, on Windows with the `triton-windows` of torch's Triton line."""
    windows = context.system is System.WINDOWS
    rows = stack_rows(context, NAME)
    judged = [bounds_broken(row, context) for row in rows]
    reasons: tuple[str, ...] = () if not judged or () in judged else judged[0]
    wanted = triton(context) if windows else ()
    gpus = (*gpu_only(context, NAME), *too_old(context, "Triton", _LEAST_CAPABILITY))
    return (
        Candidate(
            title=f"liger-kernel {context.lock.get(NAME, '')}".strip(),
            requirements=(*wanted, *pinned(context, NAME, why=text("resolve", "fused-kernels"))),
            reasons=(*unlocked(context, NAME), *reasons, *gpus, *_triton_reasons(context)),
            no_deps=windows,
        ),
    )


def _triton_reasons(context: Context) -> tuple[str, ...]:
    if context.system is System.WINDOWS and not triton(context):
        return (text("resolve", "no-triton", name="triton-windows", torch=context.torch),)
    return ()
