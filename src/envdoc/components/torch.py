"""PyTorch with the torchvision and torchaudio that belong to the very release.

The resolver has judged torch itself (GPU, driver, Python, source). Here stands what must come with it: both
companions pin their torch exactly, and a mismatched pair fails at import (`operator torchvision::nms does not
exist`). torchaudio ended with torch 2.11; later torch gets none.
"""

from __future__ import annotations

from envdoc.components.base import Candidate, Context, Requirement
from envdoc.findings import text

NAME = "torch"
TITLE = "PyTorch with torchvision and torchaudio"
PACKAGES = ("torch", "torchvision", "torchaudio")
PROOFS = (
    "import:torch",
    "import:torchvision",
    "import:torchaudio",
    "torch-arch-list",
    "matmul-cpu",
    "matmul-gpu",
)
DOCS = "https://pytorch.org/get-started/locally/"


def candidates(context: Context) -> tuple[Candidate, ...]:
    """torch with its companions; refused where the tables do not know what belongs to it."""
    title = f"torch {context.torch} {context.cuda}"
    row = context.knowledge.companion(context.torch)
    if row is None:
        reason = text("resolve", "no-torchvision", torch=context.torch)
        return (Candidate(title=title, requirements=(), reasons=(reason,)),)
    belongs = text("resolve", "belongs", torch=context.torch)
    companions = (
        Requirement("torchvision", row.torchvision, belongs),
        Requirement("torchaudio", row.torchaudio, belongs),
    )
    torch = Requirement("torch", context.torch, text("resolve", "the-build", cuda=context.cuda))
    return (Candidate(title=title, requirements=(torch, *(each for each in companions if each.version))),)
