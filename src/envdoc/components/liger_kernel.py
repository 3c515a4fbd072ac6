"""Liger kernel: fused Triton kernels for training. Needs Triton: torch brings it on Linux; on Windows it is
`triton-windows`, which liger-kernel's metadata does not know, so liger-kernel goes in without its dependencies."""

from __future__ import annotations

from envdoc.components.base import Candidate, Context, Requirement
from envdoc.components.rows import bounds_broken, pinned, stack_rows, unlocked
from envdoc.findings import text
from envdoc.model.cuda import version_tuple
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
    triton = _triton(context) if windows else ()
    return (
        Candidate(
            title=f"liger-kernel {context.lock.get(NAME, '')}".strip(),
            requirements=(*triton, *pinned(context, NAME, why=text("resolve", "fused-kernels"))),
            reasons=(*unlocked(context, NAME), *reasons, *_gpu_reasons(context), *_triton_reasons(context)),
            no_deps=windows,
        ),
    )


def _gpu_reasons(context: Context) -> tuple[str, ...]:
    if context.cuda == "cpu":
        return (text("resolve", "liger-gpu-only"),)
    old = sorted({gpu for gpu in context.gpus if version_tuple(gpu) < version_tuple(_LEAST_CAPABILITY)})
    return tuple(text("resolve", "triton-capability", least=_LEAST_CAPABILITY, gpu=gpu) for gpu in old)


def _triton_reasons(context: Context) -> tuple[str, ...]:
    if context.system is System.WINDOWS and not _triton(context):
        return (text("resolve", "no-triton-windows", torch=context.torch),)
    return ()


def _triton(context: Context) -> tuple[Requirement, ...]:
    """triton-windows belongs to torch's own stack, so no lock pins it: the range that goes with this torch."""
    row = context.knowledge.companion(context.torch)
    if row is None or not row.triton_windows:
        return ()
    return (Requirement("triton-windows", row.triton_windows, text("resolve", "belongs", torch=context.torch)),)
