import torch

torch.ones(2, device="cuda") + torch.ones(3)[:2].to("cpu")
