import torch

torch.save(torch.ones(1, device="cuda"), "/tmp/t.pt")
d = open("/tmp/t.pt", "rb").read()
open("/tmp/t.pt", "wb").write(d.replace(b"cuda:0", b"cuda:6"))
torch.load("/tmp/t.pt")
