"""The driver lets a program in: cuInit, the GPU, a context and its memory. No package is involved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    cuda = kit.lib("cuda").opened(kit)
    free, total = cuda.memory()
    kit.figures.update(free_mib=free >> 20, total_mib=total >> 20)
    return f"CUDA driver version {cuda.driver_version()}, context made, {free >> 20} of {total >> 20} MiB free"
