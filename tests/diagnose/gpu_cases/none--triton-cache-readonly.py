# with: TRITON_CACHE_DIR=/proc/none
import torch
import triton
import triton.language as tl


@triton.jit
def add(x, y, n: tl.constexpr):
    i = tl.arange(0, n)
    tl.store(y + i, tl.load(x + i) + 1)


x = torch.zeros(16, device="cuda")
y = torch.empty_like(x)
add[(1,)](x, y, 16)
print(y.sum().item())
