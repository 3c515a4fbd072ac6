"""Whether compiled code runs on a GPU. Nobody else compares architectures with compute capabilities.

A cubin for X.Y runs on devices X.Z with Z >= Y; integrated devices take only their own. Code that was compiled for
`sm_90a` (arch-specific) runs on 9.0 alone, code for `sm_100f` (family-specific) within its family. PTX is compiled
at first use, by a driver that is not older than the toolkit it came from. Sources: CUDA Programming Guide, "Compute
Capabilities" (feature sets); DEVICE_REQUIREMENT in torch 2.15's torch/cuda/__init__.py, read 2026-11-23.
"""

from __future__ import annotations

from functools import lru_cache

from envdoc.model.cuda import capability_of, version_tuple

_INTEGRATED = {"5.3", "6.2", "7.2", "8.7"}
_SAME = {"10.1": "11.0"}  # Thor was called 10.1 before CUDA 13.0


def runs_on(built: str, device: str) -> bool:
    """Whether a plain cubin for compute capability `built` runs on a `device` of another: same major, minor not
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
    """Whether a build with cubins for `arch_list` ("sm_90", "sm_100a", or "9.0") has code for `device` ("9.0").

    PTX entries (`compute_90`) do not count: see `by_ptx`.
    """
    return any(_cubin_runs(arch, device) for arch in arch_list if not arch.startswith("compute"))


@lru_cache(maxsize=1024)
def by_ptx(arch_list: tuple[str, ...], device: str) -> bool:
    """Whether a build's PTX (`compute_90`) can be compiled for `device` at first use: for the same capability or
    any newer one; `compute_90a` for its own alone, `compute_100f` for its family."""
    return any(_ptx_compiles(arch, device) for arch in arch_list if arch.startswith("compute"))


def _cubin_runs(arch: str, device: str) -> bool:
    built = capability_of(arch) if "_" in arch else arch.rstrip("af")
    if arch.endswith("a"):
        return _SAME.get(built, built) == _SAME.get(device, device)
    return runs_on(built, device)


def _ptx_compiles(arch: str, device: str) -> bool:
    built = capability_of(arch)
    if arch[-1] in "af":
        return _cubin_runs(arch, device)
    return version_tuple(built) <= version_tuple(device)
