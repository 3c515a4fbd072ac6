import subprocess
import sys

import torch

hold = subprocess.Popen(
    [
        sys.executable,
        "-c",
        "import torch,time;a=torch.empty(int(torch.cuda.mem_get_info()[0]*0.97),dtype=torch.uint8,device='cuda');print('held',flush=True);time.sleep(30)",
    ],
    stdout=subprocess.PIPE,
)
hold.stdout.readline()
try:
    torch.empty(2**34, dtype=torch.uint8, device="cuda")
finally:
    hold.kill()
