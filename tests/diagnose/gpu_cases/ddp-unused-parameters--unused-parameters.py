# ranks: 2
import torch
import torch.distributed as dist
from _ranks import start

rank = start()
x = torch.ones(4, device="cuda")
m = torch.nn.ModuleList([torch.nn.Linear(4, 4), torch.nn.Linear(4, 4)]).cuda()


class N(torch.nn.Module):
    def __init__(s):
        super().__init__()
        s.m = m

    def forward(s, x):
        return s.m[0](x)


n = torch.nn.parallel.DistributedDataParallel(N(), device_ids=[rank])
for _ in range(2):
    n(x).sum().backward()
