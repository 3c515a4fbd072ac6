"""A Triton kernel made by `torch.compile` on the spot, forward and backward, against the same function in fp64.

Needs what a training run with `torch.compile`, Unsloth or Liger needs: Triton, a C compiler and Python's headers.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    os.environ["TRITON_CACHE_DIR"] = str(Path(kit.scratch) / "triton")
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(Path(kit.scratch) / "inductor")
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
    import torch

    generator = torch.Generator().manual_seed(7)
    inputs = [torch.randn(128, 1000, generator=generator) for _ in range(2)]
    got = _gradients(torch.compile(_function), [each.to(kit.device) for each in inputs])
    want = _gradients(_function, [each.double() for each in inputs])
    names = ("compiled function", "gradient of x", "gradient of weight")
    error = max(kit.close(name, g, w, 1e-5) for name, g, w in zip(names, got, want))  # noqa: B905 - Python 3.9
    kernels = list(Path(kit.scratch).rglob("*.cubin"))
    if not kernels:
        kit.fail("proof-failed", "torch.compile ran, but no Triton kernel came of it")
    import triton

    kit.figures["kernels"] = len(kernels)
    return f"Triton {triton.__version__} made {len(kernels)} kernels, error {error:.1g}"


def _function(x: Any, weight: Any) -> Any:
    """RMS norm, a gate and a softmax: what a fused kernel is good for."""
    normed = x * (x.pow(2).mean(-1, keepdim=True) + 1e-6).rsqrt() * weight
    return (normed * normed.sigmoid()).softmax(-1)


def _gradients(function: Any, inputs: list[Any]) -> tuple[Any, ...]:
    x, weight = (each.detach().requires_grad_() for each in inputs)
    result = function(x, weight)
    result.pow(2).sum().backward()
    return result.detach(), x.grad, weight.grad
