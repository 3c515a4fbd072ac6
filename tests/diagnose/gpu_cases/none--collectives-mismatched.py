# with: TORCH_DISTRIBUTED_DEBUG=DETAIL
# ranks: 2
import torch
import torch.distributed as dist
from _ranks import start

rank = start(seconds=10)
x = torch.ones(4, device="cuda")
dist.all_reduce(x) if rank else dist.all_gather_into_tensor(torch.empty(8, device="cuda"), x)
torch.cuda.synchronize()
dist.barrier()
torch.cuda.synchronize()
