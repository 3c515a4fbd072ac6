import torch

free, total = torch.cuda.mem_get_info()
a = torch.empty(int(free * 0.7), dtype=torch.uint8, device="cuda")
b = torch.empty(int(free * 0.7), dtype=torch.uint8, device="cuda")
