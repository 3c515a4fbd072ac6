"""A linear layer quantized by HQQ or torchao, forward and the gradient of its input, against the full-precision
one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

# of the largest value: 8 bits a weight in groups of 64 round to 1/255 of the group's range; int8 rows likewise
_LARGEST = {"hqq": 2e-2, "torchao": 2e-2}


def run(kit: Kit) -> str:
    import torch

    package = kit.args["package"]
    generator = torch.Generator().manual_seed(7)
    layer = torch.nn.Linear(256, 128, bias=False)
    layer.weight.data = torch.randn(128, 256, generator=generator) / 16
    x = torch.randn(32, 256, generator=generator)
    want = _gradients(layer.double(), x.double())
    quantized = {"hqq": _hqq, "torchao": _torchao}[package](torch, layer.float().to(kit.device), kit.device)
    got = _gradients(quantized, x.to(kit.device))
    names = ("layer", "gradient of x")
    errors = [kit.close(name, g, w, _LARGEST[package]) for name, g, w in zip(names, got, want)]  # noqa: B905
    return f"8-bit layer of {package}, errors {errors[0]:.1g} forward, {errors[1]:.1g} backward"


def _hqq(torch: Any, layer: Any, device: Any) -> Any:
    from hqq.core.quantize import BaseQuantizeConfig, HQQLinear

    config = BaseQuantizeConfig(nbits=8, group_size=64)
    return HQQLinear(layer, config, compute_dtype=torch.float32, device=str(device))


def _torchao(torch: Any, layer: Any, device: Any) -> Any:
    from torchao.quantization import Int8WeightOnlyConfig, quantize_

    del torch, device
    quantize_(layer, Int8WeightOnlyConfig())
    return layer


def _gradients(layer: Any, x: Any) -> tuple[Any, ...]:
    x = x.detach().requires_grad_()
    result = layer(x)
    result.sum().backward()
    return result.detach(), x.grad
