# with: TORCH_CUDA_ARCH_LIST=3.5
from torch.utils.cpp_extension import load_inline

load_inline("y", cpp_sources="", cuda_sources="__global__ void k(){}", functions=[])
