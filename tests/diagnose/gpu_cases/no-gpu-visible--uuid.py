# with: CUDA_VISIBLE_DEVICES=GPU-00000000
import torch

torch.zeros(1).cuda()
