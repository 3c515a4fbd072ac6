"""Ranks started by torchrun agree on a sum: rendezvous, the network between them, and the collective library.

This file is the proof and, started by torchrun, each of its ranks. On Windows this is the real effect of libuv:
whether torchrun starts at all.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

_COUNT = 1 << 20


def run(kit: Kit) -> str:
    import torch

    gpus = torch.cuda.device_count() if kit.args["gpus"] else 0
    nccl = gpus > 1 and torch.distributed.is_nccl_available()
    ranks, backend = (gpus, "nccl") if nccl else (2, "gloo")
    argv = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={ranks}"]
    argv += [os.path.abspath(__file__), backend, "gpu" if gpus else "cpu"]  # noqa: PTH100
    ended = subprocess.run(argv, capture_output=True, text=True, encoding="utf-8", errors="replace")
    print(ended.stdout[-1500:], ended.stderr[-3000:], file=sys.stderr)
    if ended.returncode:
        reason = _cause(ended.stderr) or f"torchrun ended with exit code {ended.returncode}"
        kit.fail("windows-torchrun-libuv" if "libuv" in ended.stderr else "collective-failed", reason)
    agreed = ended.stdout.count("RANK AGREES")
    if agreed != ranks:
        kit.fail("wrong-numbers", f"{agreed} of {ranks} ranks got the right sum")
    kit.figures.update(ranks=ranks, backend=backend)
    return f"{ranks} ranks by {backend} on {'one GPU' if gpus == 1 else 'all GPUs' if gpus else 'the CPU'} agree"


def _cause(stderr: str) -> str:
    """The last line that names an error, not torchrun's own table about it."""
    lines = [line.strip() for line in stderr.splitlines() if "Error:" in line and "ChildFailedError" not in line]
    return lines[-1] if lines else ""


def rank_main(backend: str, place: str) -> None:
    """One rank: the sum over ranks of (rank + 1) * i must be known to every one."""
    import torch
    import torch.distributed as dist

    dist.init_process_group(backend)
    rank, world = dist.get_rank(), dist.get_world_size()
    device: Any = "cpu"
    if place == "gpu":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]) % torch.cuda.device_count())
        torch.cuda.set_device(device)
    base = torch.arange(_COUNT, dtype=torch.float64, device=device) % 1000
    mine = base * (rank + 1)
    dist.all_reduce(mine)
    right = torch.equal(mine, base * (world * (world + 1) // 2))
    dist.barrier()
    dist.destroy_process_group()
    print("RANK AGREES" if right else "RANK DIFFERS", flush=True)


if __name__ == "__main__":
    rank_main(sys.argv[1], sys.argv[2])
