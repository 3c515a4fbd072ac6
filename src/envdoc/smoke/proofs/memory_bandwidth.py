"""How fast the GPU's own memory is: a copy within it, counting what is read and what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    import torch

    size = min(2 << 30, torch.cuda.mem_get_info()[0] // 4)
    source = torch.arange(size // 4, device=kit.device, dtype=torch.int32)
    target = torch.empty_like(source)
    seconds = kit.seconds(lambda: target.copy_(source))
    if not torch.equal(source, target):
        kit.fail("wrong-numbers", f"a copy of {size >> 20} MiB differs from its source")
    rate = 2 * size / seconds / 1e9
    return f"{kit.against(rate, 'gbs', 'GB/s')} for a copy of {size >> 20} MiB"
