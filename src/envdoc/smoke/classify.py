"""The words of an error -> the code of its finding. First match wins, the strictest first."""

from __future__ import annotations

import re

# Texts as torch 2.1 to 2.15, the CUDA runtime, cuDNN, NCCL and NVML print them; case is ignored.
_RULES: tuple[tuple[str, str], ...] = (
    (
        "driver-library-mismatch",
        "driver/library version mismatch|unsupported display driver / cuda driver combination"
        "|LIB_RM_VERSION_MISMATCH|cuInit returned 803",
    ),
    ("gpu-lost", "GPU is lost|GPU_IS_LOST|fallen off the bus|unable to determine the device handle"),
    ("gpu-ecc-errors", "uncorrectable (ECC|NVLink) error|hardware stack error"),
    ("gpu-not-in-torch-build", "not compatible with the current PyTorch installation"),
    ("no-kernel-image", "no kernel image is available|kernel image is invalid"),
    ("torch-cpu-build", "Torch not compiled with CUDA enabled"),
    ("gpu-memory-held", r"CUDA-capable device\(s\) is/are busy"),
    ("cuda-oom", "CUDA out of memory|CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED|cudaErrorMemoryAllocation"),
    ("no-gpu-visible", "No CUDA GPUs are available|no CUDA-capable device is detected|invalid device ordinal"),
    ("cuda-init-failed", "CUDA driver initialization failed|cuInit returned|CUDA unknown error"),
    ("windows-torchrun-libuv", "use_libuv was requested but PyTorch was built without libuv"),
    (
        "cudnn-version-mismatch",
        "cuDNN version incompatibility|CUDNN_STATUS_SUBLIBRARY|CUDNN_STATUS_NOT_INITIALIZED",
    ),
    # libcudnn.so.9: cannot open shared object file: No such file or directory
    (
        "missing-cuda-library",
        r"lib(cudnn|cublas|cudart|nvrtc|nccl|cusparse|cufft)\S*: cannot open shared object file",
    ),
    ("python-headers-missing", "Python.h: No such file"),
    ("triton-no-compiler", "Failed to find C compiler"),
    ("collective-failed", "NCCL error|NCCL WARN|connectFullMesh failed|DistStoreError|DistBackendError"),
)


def code_of(text: str, default: str = "proof-failed") -> str:
    """The code that the words of an error stand for."""
    return next((code for code, pattern in _RULES if re.search(pattern, text, re.IGNORECASE)), default)
