# with: CUDA_VISIBLE_DEVICES=7
import torch

torch.zeros(1, device="cuda")
