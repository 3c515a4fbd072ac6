# ranks: 2
import torch
import torch.distributed as dist
from _ranks import start

rank = start(seconds=15)
x = torch.ones(4, device="cuda")
if rank:
    raise SystemExit(3)
dist.all_reduce(x)
torch.cuda.synchronize()
