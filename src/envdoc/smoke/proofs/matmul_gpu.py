"""A small fp32 matrix product on one GPU, against fp64 on the CPU: the first kernel that a build must have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    import torch

    if torch.version.cuda is None:
        kit.fail("torch-cpu-build", f"torch {torch.__version__} is a CPU build")
    generator = torch.Generator().manual_seed(7)
    a, b = (torch.randn(512, 512, generator=generator) for _ in range(2))
    # TF32 keeps 10 bits of the mantissa: were it on, 1e-5 would not hold, so it is off by name
    torch.backends.cuda.matmul.allow_tf32 = False
    error = kit.close("512x512 product", a.to(kit.device) @ b.to(kit.device), a.double() @ b.double(), 1e-5)
    return f"{torch.cuda.get_device_name()}, error {error:.1g}"
