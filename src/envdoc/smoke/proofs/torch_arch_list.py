"""The build of torch has machine code for every GPU it is meant for. PTX does not count: it needs the driver's
just-in-time compiler, minutes at the first kernel, and a driver of the PTX's own CUDA or newer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


# Cubins of these do not run on the integrated (Jetson) devices of the same major, nor theirs elsewhere.
_INTEGRATED = {(5, 3), (6, 2), (7, 2), (8, 7)}


def run(kit: Kit) -> str:
    import torch

    if torch.version.cuda is None:
        if kit.args.get("capabilities"):
            kit.fail("torch-cpu-build", f"torch {torch.__version__} is a CPU build")
        kit.skip(f"torch {torch.__version__} is a CPU build, which has no arch list")
    built = [arch for arch in torch._C._cuda_getArchFlags().split() if arch.startswith("sm_")]
    wanted = [tuple(map(int, text.split("."))) for text in kit.args.get("capabilities", [])] or _present(torch)
    told = " ".join(built)
    if not wanted:
        kit.skip(f"no GPU to compare with; torch {torch.__version__} has {told}")
    for capability in wanted:
        if not any(_runs_on(arch, capability) for arch in built):
            kit.fail(
                "gpu-not-in-torch-build", f"torch {torch.__version__} has no code for sm_{_digits(capability)}", told
            )
    return f"{told} cover {', '.join('sm_' + _digits(each) for each in wanted)}"


def _present(torch: object) -> list[tuple[int, ...]]:
    cuda = torch.cuda  # type: ignore[attr-defined]
    return sorted({cuda.get_device_capability(index) for index in range(cuda.device_count())})


def _digits(capability: tuple[int, ...]) -> str:
    return "".join(map(str, capability))


def _runs_on(arch: str, device: tuple[int, ...]) -> bool:
    """Whether code for `sm_86` runs on a device: same major, minor not below."""
    digits = "".join(sign for sign in arch[3:] if sign.isdecimal())
    built = (int(digits[:-1]), int(digits[-1]))
    if built == device:
        return True
    if built in _INTEGRATED or device in _INTEGRATED:
        return False
    return built[0] == device[0] and built[1] <= device[1]
