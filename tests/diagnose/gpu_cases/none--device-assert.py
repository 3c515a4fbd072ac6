import torch

w = torch.zeros(4, 4, device="cuda")
print(torch.nn.functional.embedding(torch.tensor([9], device="cuda"), w).sum().item())
