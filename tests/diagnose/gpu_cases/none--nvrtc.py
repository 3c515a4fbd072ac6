import torch
from torch.cuda import _compile_kernel as c

c("__global__ void k(float*x){x[0]=nope;}", "k")
