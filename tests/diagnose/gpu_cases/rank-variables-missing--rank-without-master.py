import torch.distributed as d

d.init_process_group("nccl")
