"""Errors as the programs print them, and the code of each."""

from __future__ import annotations

import pytest

from envdoc.smoke.classify import code_of

REAL = {
    "RuntimeError: CUDA error: no kernel image is available for execution on the device": "no-kernel-image",
    "NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch installation.": (
        "gpu-not-in-torch-build"
    ),
    "AssertionError: Torch not compiled with CUDA enabled": "torch-cpu-build",
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.96 GiB.": "cuda-oom",
    "RuntimeError: CUDA error: all CUDA-capable devices are busy or unavailable": "proof-failed",
    "RuntimeError: CUDA error: CUDA-capable device(s) is/are busy or unavailable": "gpu-memory-held",
    "RuntimeError: No CUDA GPUs are available": "no-gpu-visible",
    "Failed to initialize NVML: Driver/library version mismatch": "driver-library-mismatch",
    "RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 803: system has unsupported display driver / "
    "cuda driver combination": "driver-library-mismatch",
    "Unable to determine the device handle for GPU1: 0000:E1:00.0: Unknown Error": "gpu-lost",
    "RuntimeError: CUDA error: uncorrectable ECC error encountered": "gpu-ecc-errors",
    "ImportError: libcudnn.so.9: cannot open shared object file: No such file or directory": "missing-cuda-library",
    "RuntimeError: cuDNN version incompatibility: PyTorch was compiled  against (9, 19, 0) but found runtime "
    "version (9, 14, 0).": "cudnn-version-mismatch",
    'File "/x/nvidia/cudnn/lib/libcudnn.so.9"\nValueError: no': "proof-failed",
    "torch.distributed.DistStoreError: use_libuv was requested but PyTorch was built without libuv support": (
        "windows-torchrun-libuv"
    ),
    "main.c:5:10: fatal error: Python.h: No such file or directory": "python-headers-missing",
    "RuntimeError: Failed to find C compiler. Please specify via CC environment variable.": "triton-no-compiler",
    "torch.distributed.DistBackendError: NCCL error in: ncclUnhandledCudaError": "collective-failed",
    "MemoryError: out of memory": "proof-failed",
}


@pytest.mark.parametrize(("text", "code"), REAL.items())
def test_the_code_of_an_error(text: str, code: str) -> None:
    assert code_of(f"Traceback ...\n{text}\nmore") == code


def test_the_default_is_the_caller_s() -> None:
    assert code_of("anything", "import-failed") == "import-failed"
