"""A small fp32 matrix product on the CPU, against fp64."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    import torch

    generator = torch.Generator().manual_seed(7)
    a, b = (torch.randn(256, 256, generator=generator) for _ in range(2))
    error = kit.close("256x256 product", a @ b, a.double() @ b.double(), 1e-5)
    return f"torch {torch.__version__}, error {error:.1g}"
