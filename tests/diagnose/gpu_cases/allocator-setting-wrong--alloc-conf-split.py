# with: PYTORCH_CUDA_ALLOC_CONF=max_split_size_mb:1
import torch

torch.zeros(1).cuda()
