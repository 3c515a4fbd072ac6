"""Which GPUs can read each other's memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    cuda = kit.lib("cuda").opened(kit)
    count = cuda.count()
    if count < 2:
        kit.skip("one GPU has no peers")
    pairs = [(first, second) for first in range(count) for second in range(count) if first != second]
    closed = [pair for pair in pairs if not cuda.peer_access(*pair)]
    kit.figures.update(pairs=len(pairs), with_access=len(pairs) - len(closed))
    if closed:
        told = ", ".join(f"{first} to {second}" for first, second in closed)
        kit.note("no-peer-access", f"{len(closed)} of {len(pairs)} pairs of GPUs copy through the host", told)
    return f"{len(pairs) - len(closed)} of {len(pairs)} pairs have peer access"
