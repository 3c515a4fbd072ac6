import torch

g = torch.cuda.CUDAGraph()
x = torch.ones(4, device="cuda")
with torch.cuda.graph(g):
    print(x.sum().item())
