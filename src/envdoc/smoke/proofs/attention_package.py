"""flash-attn's or xformers' attention, forward and backward, against fp64 on the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    import torch

    attention, version = {"flash-attn": _flash_attn, "xformers": _xformers}[kit.args["package"]]()
    half = torch.bfloat16 if torch.cuda.get_device_capability()[0] >= 8 else torch.float16
    generator = torch.Generator().manual_seed(7)
    # both packages take (batch, sequence, heads, head size); torch wants heads before sequence
    inputs = [torch.randn(2, 256, 8, 64, generator=generator).to(half) for _ in range(4)]
    got = _gradients(attention, [each.to(kit.device) for each in inputs])
    want = _gradients(_reference, [each.double() for each in inputs])
    names = ("attention", "gradient of q", "gradient of k", "gradient of v")
    errors = [kit.close(name, g, w, 3e-2) for name, g, w in zip(names, got, want)]  # noqa: B905 - Python 3.9
    return f"{version} in {half}, errors {errors[0]:.1g} forward, {max(errors[1:]):.1g} backward"


def _flash_attn() -> tuple[Any, str]:
    import flash_attn

    def attention(q: Any, k: Any, v: Any) -> Any:
        return flash_attn.flash_attn_func(q, k, v, causal=True)

    return attention, f"flash-attn {flash_attn.__version__}"


def _xformers() -> tuple[Any, str]:
    import xformers
    from xformers.ops import LowerTriangularMask, memory_efficient_attention

    def attention(q: Any, k: Any, v: Any) -> Any:
        return memory_efficient_attention(q, k, v, attn_bias=LowerTriangularMask())

    return attention, f"xformers {xformers.__version__}"


def _reference(q: Any, k: Any, v: Any) -> Any:
    import torch

    q, k, v = (each.transpose(1, 2) for each in (q, k, v))
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)


def _gradients(attention: Any, inputs: list[Any]) -> tuple[Any, ...]:
    q, k, v = (each.detach().requires_grad_() for each in inputs[:3])
    result = attention(q, k, v)
    result.backward(inputs[3])
    return result.detach(), q.grad, k.grad, v.grad
