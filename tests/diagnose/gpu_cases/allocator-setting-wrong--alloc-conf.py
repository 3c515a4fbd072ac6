# with: PYTORCH_CUDA_ALLOC_CONF=expandable_segment:True
import torch

torch.zeros(1).cuda()
