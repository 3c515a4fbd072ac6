"""Scaled dot product attention by one backend, forward and backward, against fp64 on the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

# Probabilities and results are rounded to 7 (bf16) or 10 (fp16) bits; gradients are sums of such
_TOLERANCE = {"bfloat16": 3e-2, "float16": 5e-3, "float32": 1e-4}


def run(kit: Kit) -> str:
    import torch

    backend = kit.args["backend"]
    half = torch.bfloat16 if torch.cuda.get_device_capability()[0] >= 8 else torch.float16
    generator = torch.Generator().manual_seed(7)
    inputs = [torch.randn(2, 8, 256, 64, generator=generator).to(half) for _ in range(4)]
    want = _gradients(torch, [each.double() for each in inputs])
    with _only(kit, torch, backend):
        try:
            got = _gradients(torch, [each.to(kit.device) for each in inputs])
        except RuntimeError as error:
            if "No available kernel" in str(error):
                kit.skip(f"torch has no {backend} kernel for {half} on this GPU")
            raise
    tolerance = _TOLERANCE[str(half).split(".")[-1]]
    names = ("attention", "gradient of q", "gradient of k", "gradient of v")
    errors = [kit.close(f"{name} by {backend}", g, w, tolerance) for name, g, w in zip(names, got, want)]  # noqa: B905
    return f"{backend} in {half}, errors {errors[0]:.1g} forward, {max(errors[1:]):.1g} backward"


def _only(kit: Kit, torch: Any, backend: str) -> Any:
    try:
        from torch.nn.attention import SDPBackend, sdpa_kernel
    except ImportError:
        kit.skip(f"torch {torch.__version__} cannot choose a backend (2.3 and newer can)")
    name = {
        "flash": "FLASH_ATTENTION",
        "efficient": "EFFICIENT_ATTENTION",
        "cudnn": "CUDNN_ATTENTION",
        "math": "MATH",
    }
    if not hasattr(SDPBackend, name[backend]):
        kit.skip(f"torch {torch.__version__} has no {backend} backend")
    return sdpa_kernel([getattr(SDPBackend, name[backend])])


def _gradients(torch: Any, inputs: list[Any]) -> tuple[Any, ...]:
    """The result, and the gradients of q, k and v for the last of `inputs` as upstream gradient."""
    q, k, v = (each.detach().requires_grad_() for each in inputs[:3])
    result = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    result.backward(inputs[3])
    return result, q.grad, k.grad, v.grad
