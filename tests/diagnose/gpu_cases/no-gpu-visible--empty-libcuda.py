import os
import subprocess
import sys

os.makedirs("/tmp/empty", exist_ok=True)
open("/tmp/empty/libcuda.so.1", "w").close()
subprocess.run(
    [sys.executable, "-c", "import torch;torch.zeros(1).cuda()"], env={**os.environ, "LD_LIBRARY_PATH": "/tmp/empty"}
)
