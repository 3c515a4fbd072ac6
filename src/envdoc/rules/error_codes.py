"""NVML's error names behind the words that nvidia-smi says them in."""

from __future__ import annotations

from envdoc.model.patterns import pattern

_NAME = pattern(r"\b(NVML_ERROR_[A-Z_]+|CUDA_ERROR_[A-Z_]+)\b")
_WORDS = (
    # "Failed to initialize NVML: Driver/library version mismatch"
    ("library version mismatch", "NVML_ERROR_LIB_RM_VERSION_MISMATCH"),
    # "Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot the system to recover"
    ("GPU is lost", "NVML_ERROR_GPU_IS_LOST"),
    ("GPU requires reset", "NVML_ERROR_RESET_REQUIRED"),
    # "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."
    ("couldn't communicate with the NVIDIA driver", "NVML_ERROR_DRIVER_NOT_LOADED"),
    ("Driver Not Loaded", "NVML_ERROR_DRIVER_NOT_LOADED"),
    ("Insufficient Permissions", "NVML_ERROR_NO_PERMISSION"),
    ("Unknown Error", "NVML_ERROR_UNKNOWN"),
)


def code_of(text: str) -> str:
    """The error's name in `text`, or the one that its words stand for; "" where it is none of those known."""
    named = _NAME.search(text)
    if named:
        return named[1]
    return next((code for words, code in _WORDS if words in text), "")
