import torch

print(torch.__version__, torch.cuda.get_device_name(0))
a = torch.randn(512, 512, device="cuda")
print((a @ a).float().norm().item() > 0)
