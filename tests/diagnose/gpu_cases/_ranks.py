"""One of several processes that torchrun started."""

import datetime
import os

import torch
import torch.distributed as dist


def start(backend: str = "nccl", seconds: int = 20, gpu: int | None = None) -> int:
    """Join the others, on a GPU of its own unless one is named; the rank."""
    rank = int(os.environ["RANK"])
    torch.cuda.set_device(rank if gpu is None else gpu)
    dist.init_process_group(backend, timeout=datetime.timedelta(seconds=seconds))
    return rank
