"""Provoke failures that need an NVIDIA GPU, and keep what the programs print.

    python tests/diagnose/provoke_gpu.py FOLDER      writes FOLDER/<code>--<name>.log

Each case runs in a process of its own, because most of them end its CUDA context. Needs torch; the kernels are
PTX texts that the driver compiles, so no toolkit is needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_LAUNCH = """
import ctypes, torch
torch.zeros(1, device="cuda")
cuda = ctypes.CDLL("libcuda.so.1")
module, function = ctypes.c_void_p(), ctypes.c_void_p()
def check(code, what):
    if code:
        name, text = ctypes.c_char_p(), ctypes.c_char_p()
        cuda.cuGetErrorName(code, ctypes.byref(name)); cuda.cuGetErrorString(code, ctypes.byref(text))
        raise RuntimeError(f"{what} failed: {name.value.decode()}: {text.value.decode()}")
check(cuda.cuModuleLoadData(ctypes.byref(module), PTX), "cuModuleLoadData")
check(cuda.cuModuleGetFunction(ctypes.byref(function), module, b"bad"), "cuModuleGetFunction")
check(cuda.cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, None, None, None), "cuLaunchKernel")
torch.cuda.synchronize()
"""
_HEAD = ".version {version}\\n.target {target}\\n.address_size 64\\n.visible .entry bad() {{\\n"
_STORE = ".reg .u64 %rd<2>; .reg .u32 %r<2>; mov.u64 %rd1, 16; mov.u32 %r1, 1; st.global.u32 [%rd1], %r1; ret;\\n}}"


def _kernel(body: str, version: str = "7.0", target: str = "sm_70") -> str:
    text = (_HEAD + body).format(version=version, target=target)
    return f'PTX = b"{text}\\0"\n{_LAUNCH}'


CASES: dict[str, tuple[str, dict[str, str]]] = {
    "cuda-oom--torch": (
        "import torch\nfree, total = torch.cuda.mem_get_info()\n"
        'a = torch.empty(int(free * 0.7), dtype=torch.uint8, device="cuda")\n'
        'b = torch.empty(int(free * 0.7), dtype=torch.uint8, device="cuda")\n',
        {},
    ),
    "illegal-memory-access--store": (_kernel(_STORE), {}),
    "illegal-memory-access--blocking": (_kernel(_STORE), {"CUDA_LAUNCH_BLOCKING": "1"}),
    "ptx-unsupported-toolchain--future": (_kernel("ret;\\n}}", version="99.0", target="sm_90"), {}),
    "no-gpu-visible--ordinal": ('import torch\ntorch.zeros(1, device="cuda:7")\n', {}),
    "no-gpu-visible--hidden": ('import torch\ntorch.zeros(1, device="cuda")\n', {"CUDA_VISIBLE_DEVICES": "7"}),
    "none--device-assert": (
        'import torch\nw = torch.zeros(4, 4, device="cuda")\n'
        'print(torch.nn.functional.embedding(torch.tensor([9], device="cuda"), w).sum().item())\n',
        {},
    ),
    "none--two-devices": ('import torch\ntorch.ones(2, device="cuda") + torch.ones(3)[:2].to("cpu")\n', {}),
    "none--shapes": ('import torch\ntorch.ones(2, 3, device="cuda") @ torch.ones(2, 3, device="cuda")\n', {}),
    "none--numbers": (
        "import torch\nprint(torch.__version__, torch.cuda.get_device_name(0))\n"
        'a = torch.randn(512, 512, device="cuda")\nprint((a @ a).float().norm().item() > 0)\n',
        {},
    ),
}


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, (code, variables) in CASES.items():
        script = folder / "case.py"
        script.write_text(code, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(script)],
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        (folder / f"{name}.log").write_bytes(done.stdout)
        script.unlink()
        print(f"{name}: exit {done.returncode}, {len(done.stdout)} bytes")


if __name__ == "__main__":
    main()
