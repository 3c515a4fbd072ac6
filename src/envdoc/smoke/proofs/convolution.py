"""A convolution through cuDNN, forward and backward, against fp64 on the CPU; and which cuDNN was really loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    import torch

    if not torch.backends.cudnn.is_available():
        kit.fail("missing-cuda-library", f"torch {torch.__version__} finds no cuDNN")
    version = torch.backends.cudnn.version()  # raises where it is not the one that torch was built for
    torch.backends.cudnn.allow_tf32 = False
    errors = [
        _case(kit, torch, dtype, tolerance) for dtype, tolerance in ((torch.float32, 1e-5), (torch.float16, 2e-3))
    ]
    _foreign(kit)
    return f"cuDNN {version}, errors {errors[0]:.1g} in fp32, {errors[1]:.1g} in fp16"


def _case(kit: Kit, torch: Any, dtype: Any, tolerance: float) -> float:
    generator = torch.Generator().manual_seed(7)
    image = torch.randn(4, 32, 28, 28, generator=generator).to(dtype)
    weight = (torch.randn(64, 32, 3, 3, generator=generator) / 17).to(dtype)
    got = _gradients(torch, image.to(kit.device), weight.to(kit.device))
    want = _gradients(torch, image.double(), weight.double())
    names = ("convolution", "gradient of the image", "gradient of the weight")
    errors = [kit.close(f"{name} in {dtype}", g, w, tolerance) for name, g, w in zip(names, got, want)]  # noqa: B905
    return max(errors)


def _gradients(torch: Any, image: Any, weight: Any) -> tuple[Any, Any, Any]:
    image, weight = image.requires_grad_(), weight.requires_grad_()
    result = torch.nn.functional.conv2d(image, weight, padding=1)
    # a small upstream gradient keeps the sums of the weight's gradient inside fp16
    result.backward(torch.full_like(result, 1 / 64))
    return result, image.grad, weight.grad


def _foreign(kit: Kit) -> None:
    """A library from outside although the environment has its own: LD_LIBRARY_PATH or LD_PRELOAD, usually."""
    for name, path in kit.lib("libraries").foreign():
        kit.note("library-path-shadows", f"{name} was loaded from outside the environment, which has its own", path)
