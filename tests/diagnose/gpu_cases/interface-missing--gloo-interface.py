# with: GLOO_SOCKET_IFNAME=nosuch0
# ranks: 2
import torch
import torch.distributed as dist
from _ranks import start

rank = start("gloo")
x = torch.ones(4, device="cpu")
dist.all_reduce(x)
