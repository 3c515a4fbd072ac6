"""Matrix products in one number format: right against fp64 on the CPU, and as fast as this card should be.

The reference multiplies the very values that the GPU gets (rounded to the format first), so that the tolerance
covers the arithmetic alone: fp32 sums in another order; TF32 keeps 10 bits of each factor; fp16 and bf16 round the
result to 10 and 7 bits; fp8 is summed in fp32 (Hopper: 14 bits between promotions) and rounded to bf16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

_TOLERANCE = {"fp32": 1e-5, "tf32": 2e-3, "fp16": 2e-3, "bf16": 1e-2, "fp8": 2e-2}
_SMALL, _LARGE = 512, 8192


def run(kit: Kit) -> str:
    import torch

    kind = kit.args["format"]
    torch.backends.cuda.matmul.allow_tf32 = kind == "tf32"
    generator = torch.Generator().manual_seed(7)
    a, b = (torch.randn(_SMALL, _SMALL, generator=generator) for _ in range(2))
    rounded, product = (_fp8 if kind == "fp8" else _plain)(torch, kind)
    left, right = rounded(a.to(kit.device)), rounded(b.to(kit.device))
    want = left.double().cpu() @ right.double().cpu()
    error = kit.close(f"{kind} product", product(left, right), want, _TOLERANCE[kind])
    size = min(_LARGE, _fitting(torch))
    big = rounded(torch.randn(size, size, device=kit.device))
    seconds = kit.seconds(lambda: product(big, big))
    tflops = 2 * size**3 / seconds / 1e12
    return f"error {error:.1g}, {kit.against(tflops, 'tflops', 'TFLOP/s')} at {size}x{size}"


def _plain(torch: Any, kind: str) -> tuple[Any, Any]:
    dtype = {"fp16": torch.float16, "bf16": torch.bfloat16}.get(kind, torch.float32)
    return (lambda tensor: tensor.to(dtype)), (lambda left, right: left @ right)


def _fp8(torch: Any, _: str) -> tuple[Any, Any]:
    """Values in e4m3; `torch._scaled_mm` wants the right factor column by column, and scales."""
    one = torch.ones((), device="cuda")

    def product(left: Any, right: Any) -> Any:
        columns = right.t().contiguous().t()
        return torch._scaled_mm(left, columns, scale_a=one, scale_b=one, out_dtype=torch.bfloat16)

    return (lambda tensor: tensor.to(torch.float8_e4m3fn)), product


def _fitting(torch: Any) -> int:
    """The largest power of two whose square fp32 matrices fit, five of them, in half of the free memory."""
    free = torch.cuda.mem_get_info()[0]
    size = 1024
    while 5 * 4 * (2 * size) ** 2 < free // 2 and size < _LARGE:
        size *= 2
    return size
