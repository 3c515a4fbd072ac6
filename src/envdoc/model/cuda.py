"""The rules of CUDA's version words, as pure functions over strings."""

from __future__ import annotations

import re
from functools import lru_cache

# Cubins of these capabilities do not run on the integrated (Jetson) devices of the same major.
# Source: DEVICE_REQUIREMENT in torch 2.15's torch/cuda/__init__.py, read 2026-11-23.
_INTEGRATED = {"5.3", "6.2", "7.2", "8.7"}
_SAME = {"10.1": "11.0"}  # Thor was called 10.1 before CUDA 13.0


@lru_cache(maxsize=4096)
def version_tuple(text: str) -> tuple[int, ...]:
    """`580.159.04` as (580, 159, 4); stops at the first part that is not a number."""
    parts = []
    for part in text.split("."):
        digits = re.match(r"\d+", part)
        if digits is None:
            break
        parts.append(int(digits[0]))
    return tuple(parts)


def tag_of(cuda: str | None) -> str:
    """`cu128` of `12.8`; `cpu` of None."""
    return "cpu" if cuda is None else "cu" + "".join(cuda.split(".")[:2])


def cuda_of(tag: str) -> str | None:
    """`12.8` of `cu128`; None of `cpu`."""
    return None if tag == "cpu" else f"{tag[2:-1]}.{tag[-1]}"


def capability_of(arch: str) -> str:
    """`12.0` of `sm_120`, `9.0` of `sm_90a`, `12.0` of `compute_120`."""
    digits = re.search(r"_(\d+)", arch)
    if digits is None:
        raise ValueError(f"not an architecture: {arch}")
    return f"{digits[1][:-1]}.{digits[1][-1]}"


def arch_of(capability: str) -> str:
    """`sm_120` of `12.0`."""
    return "sm_" + capability.replace(".", "")


def runs_on(built: str, device: str) -> bool:
    """Whether a cubin for compute capability `built` runs on a `device` of another: same major, minor not
    below, and integrated devices only with their own."""
    built, device = _SAME.get(built, built), _SAME.get(device, device)
    if built == device:
        return True
    if device in _INTEGRATED or built in _INTEGRATED:
        return False
    built_major, built_minor = version_tuple(built)
    major, minor = version_tuple(device)
    return built_major == major and built_minor <= minor


@lru_cache(maxsize=4096)
def covers(arch_list: tuple[str, ...], device: str) -> bool:
    """Whether a build with cubins for `arch_list` ("sm_90", or "9.0") has code for `device` ("9.0").

    PTX entries (`compute_90`) do not count: JIT needs a driver of the PTX's own toolkit, and stock torch
    wheels carry none.
    """
    built = [capability_of(arch) if "_" in arch else arch for arch in arch_list if not arch.startswith("compute")]
    return any(runs_on(each, device) for each in built)
