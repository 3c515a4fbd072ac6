# with: LD_LIBRARY_PATH=/usr/local/cuda/lib64/stubs:/usr/local/cuda/targets/x86_64-linux/lib/stubs
import torch

print(torch.cuda.is_available())
torch.zeros(1).cuda()
