"""The reader of versions in sentences: the verb decides what is wanted and what is there."""

from __future__ import annotations

import pytest

from envdoc.diagnose import diagnose_text
from envdoc.diagnose.versions import Told, told

SENTENCES = [
    ("pyarrow requires NumPy 2.0 or newer", Told("numpy", ">=2.0", "")),
    ("CMake 3.26 or higher is required.  You are running version 3.22.1", Told("CMake", ">=3.26", "3.22.1")),
    ("This model needs transformers>=4.56 but found 4.51.3", Told("transformers", ">=4.56", "4.51.3")),
    ("was compiled for PyTorch 2.5.1+cu124, you have 2.7.0+cu128", Told("torch", "2.5.1+cu124", "2.7.0+cu128")),
    ("PyTorch version 2.1.0 is too old", Told("torch", "", "2.1.0")),
    ("vllm 0.6.0 requires torch==2.4.0, but you have torch 2.5.1", Told("torch", "==2.4.0", "2.5.1")),
    ("Minimum required CUDA version is 11.6, found 11.3", Told("CUDA", ">=11.6", "11.3")),
    ("FlashAttention is only supported on CUDA 11.7 and above.", Told("CUDA", ">=11.7", "")),
    ("deepspeed 0.14 is not compatible with transformers 4.50", Told("transformers", "", "4.50")),
    ("Found triton 2.1.0, but at least 2.2.0 required", Told("triton", ">=2.2.0", "2.1.0")),
    ("NCCL 2.18 or later is required, detected 2.14.3", Told("NCCL", ">=2.18", "2.14.3")),
    ("sparse attention on SM100+ requires CUDA 13+, got CUDA 12.8", Told("CUDA", ">=13", "12.8")),
    ("the backend requires cache-dit >= 1.5.0. Please upgrade", Told("cache-dit", ">= 1.5.0", "")),
    ("DWDP requires pp_size == 1", None),
    ("SM100 forward with head_dim=256 does not support softcap", None),
    ("all good with torch 2.8.0", None),
    ("PyTorch version 2.3.0 available.", None),
    ("step 12 of 40, loss 2.31", None),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES)
def test_a_sentence(sentence: str, expected: Told | None) -> None:
    assert told(sentence) == expected


def test_torch_is_never_upgraded_by_pip_alone() -> None:
    finding = diagnose_text("RuntimeError: torch>=2.5 is required for FSDP2 but got 2.4.1\n").findings[0]
    assert not any("pip install" in each.command for each in finding.remediation.commands)


def test_what_is_only_recommended_is_silent() -> None:
    said = "Current Python version 3.9.2 is below the recommended 3.11 version. Please upgrade to Python 3.11"
    assert diagnose_text(f"WARNING: {said}\n").findings == ()


def test_a_praise_of_versions_is_silent() -> None:
    assert diagnose_text("INFO: vllm supports torch 2.8 or newer and is built with CUDA 12.8\n").findings == ()
