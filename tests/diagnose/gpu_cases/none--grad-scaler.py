import torch

s = torch.amp.GradScaler("cuda")
w = torch.ones(1, device="cuda", dtype=torch.half, requires_grad=True)
o = torch.optim.SGD([w], 0.1)
s.scale(w.sum()).backward()
s.unscale_(o)
