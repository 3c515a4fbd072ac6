"""bitsandbytes' quantised layers against full precision, forward and backward.

Quantising costs accuracy by design: int8 about 1 %, NF4 about 10 % of the result's largest value here. The
layer is held against its own dequantised weight at a tight tolerance, and against full precision at a wide one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

_WIDE = {"int8": 0.05, "nf4": 0.25, "fp4": 0.35}


def run(kit: Kit) -> str:
    import bitsandbytes
    import torch

    kind = kit.args["kind"]
    generator = torch.Generator().manual_seed(7)
    dense = torch.nn.Linear(256, 512, bias=False)
    dense.weight.data = torch.randn(512, 256, generator=generator) / 16
    x = torch.randn(64, 256, generator=generator)
    layer = (_int8 if kind == "int8" else _four_bit)(bitsandbytes, torch, dense, kind).to(kit.device)
    dtype = torch.float16 if kind == "int8" else torch.float32
    got, gradient = _gradients(layer, x.to(kit.device, dtype))
    want, want_gradient = _gradients(dense.double(), x.double())
    error = kit.close(f"{kind} layer", got, want, _WIDE[kind])
    backward = kit.close(f"gradient through the {kind} layer", gradient, want_gradient, _WIDE[kind])
    if kind != "int8":
        weight = bitsandbytes.functional.dequantize_4bit(layer.weight.data, layer.weight.quant_state)
        kit.close(f"{kind} layer with its own weight", got, x.double() @ weight.double().cpu().t(), 5e-3)
    return f"bitsandbytes {bitsandbytes.__version__}, off by {error:.2g} forward, {backward:.2g} backward"


def _int8(bitsandbytes: Any, torch: Any, dense: Any, _: str) -> Any:
    layer = bitsandbytes.nn.Linear8bitLt(256, 512, bias=False, has_fp16_weights=False, threshold=6.0)
    layer.weight = bitsandbytes.nn.Int8Params(
        dense.weight.data.to(torch.float16), requires_grad=False, has_fp16_weights=False
    )
    return layer


def _four_bit(bitsandbytes: Any, torch: Any, dense: Any, kind: str) -> Any:
    layer = bitsandbytes.nn.Linear4bit(256, 512, bias=False, compute_dtype=torch.float32, quant_type=kind)
    layer.weight = bitsandbytes.nn.Params4bit(dense.weight.data.clone(), requires_grad=False, quant_type=kind)
    return layer


def _gradients(layer: Any, x: Any) -> tuple[Any, Any]:
    x = x.detach().requires_grad_()
    result = layer(x)
    result.backward(result.detach() / 16)
    return result.detach(), x.grad
