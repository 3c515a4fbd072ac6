import torch

w = torch.randn(65536, 8192, device="cuda", requires_grad=True)
x = w
for _ in range(400):
    x = torch.nn.functional.gelu(x * 1.01)
x.sum().backward()
