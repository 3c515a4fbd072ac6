# ranks: 4, and fewer GPUs
import torch
import torch.distributed as dist
from _ranks import start

rank = start()
x = torch.ones(4, device="cuda")
dist.barrier()
