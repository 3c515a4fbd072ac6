# with: CXX=/nonexistent/g++ TORCHINDUCTOR_CACHE_DIR=/tmp/ti1
import torch

f = torch.compile(lambda x: (x * 2).sum())
print(f(torch.ones(4)))
