import torch
from torch.cuda import _compile_kernel as c

k = c("__global__ void k(float*x){x[0]=1;}", "k")
k(grid=(1, 1, 1), block=(2048, 1, 1), args=[torch.zeros(1, device="cuda")])
torch.cuda.synchronize()
