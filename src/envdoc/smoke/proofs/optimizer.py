"""An optimizer of a package takes the steps of `torch.optim.AdamW`: same parameters after ten of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

# 8-bit states round the moments to 8 bits a block; the fused Adams compute the same in fp32
_TOLERANCE = {"bitsandbytes": 5e-3, "deepspeed-fused": 1e-5, "deepspeed-cpu": 1e-5}


def run(kit: Kit) -> str:
    # Compiled anew: what an earlier run left in the user's cache proves nothing of today's compiler
    os.environ["TORCH_EXTENSIONS_DIR"] = str(Path(kit.scratch) / "extensions")
    import torch

    package = kit.args["package"]
    generator = torch.Generator().manual_seed(7)
    start = torch.randn(256, 256, generator=generator)
    gradients = [torch.randn(256, 256, generator=generator) for _ in range(10)]
    make, version = {
        "bitsandbytes": _bitsandbytes,
        "deepspeed-fused": _deepspeed_fused,
        "deepspeed-cpu": _deepspeed_cpu,
    }[package]()
    got = _steps(torch, make, start.to(kit.device), gradients)
    want = _steps(torch, lambda p: torch.optim.AdamW(p, lr=1e-2, weight_decay=0.01), start.double(), gradients)
    error = kit.close(f"{package} after ten steps", got, want, _TOLERANCE[package])
    return f"{version}, off by {error:.2g} after ten steps"


def _steps(torch: Any, make: Any, start: Any, gradients: list[Any]) -> Any:
    parameter = torch.nn.Parameter(start.clone())
    optimizer = make([parameter])
    for gradient in gradients:
        parameter.grad = gradient.to(parameter)
        optimizer.step()
    return parameter


def _bitsandbytes() -> tuple[Any, str]:
    import bitsandbytes

    def make(parameters: list[Any]) -> Any:
        return bitsandbytes.optim.AdamW8bit(parameters, lr=1e-2, weight_decay=0.01, min_8bit_size=1024)

    return make, f"bitsandbytes {bitsandbytes.__version__}"


def _deepspeed_fused() -> tuple[Any, str]:
    """Compiled on the spot: needs nvcc of torch's CUDA, a C++ compiler and ninja."""
    import deepspeed
    from deepspeed.ops.adam import FusedAdam

    def make(parameters: list[Any]) -> Any:
        return FusedAdam(parameters, lr=1e-2, weight_decay=0.01, adam_w_mode=True)

    return make, f"DeepSpeed {deepspeed.__version__}"


def _deepspeed_cpu() -> tuple[Any, str]:
    import deepspeed
    from deepspeed.ops.adam import DeepSpeedCPUAdam

    def make(parameters: list[Any]) -> Any:
        return DeepSpeedCPUAdam(parameters, lr=1e-2, weight_decay=0.01, adamw_mode=True)

    return make, f"DeepSpeed {deepspeed.__version__}"
