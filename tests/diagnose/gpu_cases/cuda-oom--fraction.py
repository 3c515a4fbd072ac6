import torch

torch.cuda.set_per_process_memory_fraction(0.01)
a = torch.empty(2**32, dtype=torch.uint8, device="cuda")
