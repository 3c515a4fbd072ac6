"""Liger's kernels against the same arithmetic in fp64: RMS norm, SwiGLU and the fused linear cross entropy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    from importlib.metadata import version

    import torch
    from liger_kernel.ops.rms_norm import LigerRMSNormFunction
    from liger_kernel.ops.swiglu import LigerSiLUMulFunction
    from liger_kernel.transformers import LigerFusedLinearCrossEntropyLoss

    def norm(x: Any, weight: Any) -> Any:
        return LigerRMSNormFunction.apply(x, weight, 1e-6, 0.0, "llama", False)

    def entropy(x: Any, weight: Any) -> Any:
        labels = torch.arange(x.shape[0], device=x.device) % weight.shape[0]
        return LigerFusedLinearCrossEntropyLoss()(weight, x, labels)

    cases = (
        ("RMS norm", (64, 512), (512,), norm, _norm),
        ("SwiGLU", (64, 512), (64, 512), LigerSiLUMulFunction.apply, _swiglu),
        ("fused cross entropy", (64, 512), (1024, 512), entropy, _entropy),
    )
    errors = [_case(kit, torch, *case) for case in cases]
    return f"liger-kernel {version('liger-kernel')}, largest error {max(errors):.1g}"


def _case(kit: Kit, torch: Any, name: str, shape: Any, weight_shape: Any, liger: Any, plain: Any) -> float:
    generator = torch.Generator().manual_seed(7)
    inputs = [torch.randn(*each, generator=generator) for each in (shape, weight_shape)]
    got = _gradients(liger, [each.to(kit.device) for each in inputs])
    want = _gradients(plain, [each.double() for each in inputs])
    parts = ("", ", gradient of x", ", gradient of weight")
    # The fused cross entropy multiplies in TF32 on cards that have it: 10 bits of each factor
    return max(kit.close(name + part, g, w, 5e-3) for part, g, w in zip(parts, got, want))  # noqa: B905


def _gradients(function: Any, inputs: list[Any]) -> tuple[Any, ...]:
    x, weight = (each.detach().requires_grad_() for each in inputs)
    result = function(x, weight)
    value = result.detach().clone()  # Liger's backward overwrites its inputs
    result.sum().backward()
    return value, x.grad, weight.grad


def _norm(x: Any, weight: Any) -> Any:
    return x * (x.pow(2).mean(-1, keepdim=True) + 1e-6).rsqrt() * weight


def _swiglu(x: Any, weight: Any) -> Any:
    return x * x.sigmoid() * weight


def _entropy(x: Any, weight: Any) -> Any:
    import torch

    labels = torch.arange(x.shape[0], device=x.device) % weight.shape[0]
    return torch.nn.functional.cross_entropy(x @ weight.t(), labels)
