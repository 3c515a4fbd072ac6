"""The words of an error -> the code of its finding. First match wins, the strictest first."""

from __future__ import annotations

# Texts as torch 2.1 to 2.15, the CUDA runtime, cuDNN, NCCL and NVML print them, in lower case.
_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "driver-library-mismatch",
        (
            "driver/library version mismatch",
            "system has unsupported display driver / cuda driver combination",
            "lib_rm_version_mismatch",
            "cuinit returned 803",
        ),
    ),
    (
        "gpu-lost",
        ("gpu is lost", "gpu_is_lost", "fallen off the bus", "unable to determine the device handle"),
    ),
    ("gpu-ecc-errors", ("uncorrectable ecc error", "uncorrectable nvlink error", "hardware stack error")),
    (
        "no-kernel-image",
        (
            "no kernel image is available",
            "is not compatible with the current pytorch installation",
            "device kernel image is invalid",
        ),
    ),
    ("cpu-torch", ("torch not compiled with cuda enabled",)),
    ("gpu-memory-held", ("cuda-capable device(s) is/are busy",)),
    ("cuda-oom", ("out of memory", "cublas_status_alloc_failed", "cudaerrormemoryallocation")),
    (
        "no-gpu-visible",
        ("no cuda gpus are available", "no cuda-capable device is detected", "invalid device ordinal"),
    ),
    ("cuda-init-failed", ("cuda driver initialization failed", "cuinit returned", "cuda unknown error")),
    ("windows-libuv", ("use_libuv was requested but pytorch was built without libuv",)),
    (
        "cudnn-version-mismatch",
        ("cudnn version incompatibility", "cudnn_status_sublibrary", "cudnn_status_not_initialized"),
    ),
    (
        "missing-cuda-library",
        ("libcudnn", "libcublas", "libnvrtc", "libcudart"),
    ),
    ("python-dev-headers-missing", ("python.h: no such file",)),
    ("triton-no-c-compiler", ("failed to find c compiler",)),
    (
        "collective-failed",
        ("nccl error", "nccl warn", "connectfullmesh failed", "diststoreerror", "distbackenderror"),
    ),
)


def code_of(text: str, default: str = "proof-failed") -> str:
    """The code that the words of an error stand for."""
    low = text.lower()
    for code, phrases in _RULES:
        if any(phrase in low for phrase in phrases):
            return code
    return default
