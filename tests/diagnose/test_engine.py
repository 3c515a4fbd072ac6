"""The engine's contract: whole findings for short logs."""

from __future__ import annotations

import io

from envdoc.diagnose import Context, diagnose_bytes, diagnose_stream, diagnose_text
from envdoc.model.finding import Severity
from envdoc.model.machine import System

DRIVER = """\
/usr/local/lib/python3.10/dist-packages/torch/cuda/__init__.py:124: UserWarning: CUDA initialization: The NVIDIA \
driver on your system is too old (found version 11040).
torch==2.1.0+cu121
RuntimeError: No CUDA GPUs are available
"""


def test_root_cause_comes_first_and_follow_ups_are_folded() -> None:
    told = diagnose_text(DRIVER)
    assert [each.code for each in told.findings] == ["driver-too-old"]
    assert told.folded == {"driver-too-old": ("no-gpu-visible",)}
    root = told.findings[0]
    assert root.severity is Severity.ERROR
    assert root.summary == "The driver offers CUDA 11.4 at most, and torch 2.1.0 is built for cu121"
    assert root.evidence[0].startswith("line 1: ")
    assert root.evidence[-1] == "line 3: RuntimeError: No CUDA GPUs are available (follows from it: no-gpu-visible)"


def test_remedy_is_chosen_by_the_tables() -> None:
    """The build that `resolve` chooses for the GPU and a driver for CUDA 12.2."""
    log = DRIVER.replace("11040", "12020").replace("cu121", "cu130") + "NVIDIA GeForce RTX 3090\n"
    commands = [each.command for each in diagnose_text(log).findings[0].remediation.commands]
    assert commands[-1] == (
        "python -m pip install torch==2.8.0+cu128 torchvision==0.23.0+cu128 torchaudio==2.8.0+cu128 "
        "--index-url https://download.pytorch.org/whl/cu128"
    )


def test_an_unknown_gpu_gets_the_driver_and_no_torch() -> None:
    remedy = diagnose_text(DRIVER).findings[0].remediation
    assert [each.command for each in remedy.commands] == ["nvidia-smi --query-gpu=name,driver_version --format=csv"]
    assert remedy.text == "Update the NVIDIA driver to 525.60.13 or newer"


def test_nothing_known_says_what_was_looked_at() -> None:
    told = diagnose_text("epoch 1 done\nepoch 2 done\n")
    assert told.findings == ()
    assert (told.looked_at.lines, told.looked_at.bytes) == (2, 26)
    assert told.looked_at.rules > 100


def test_an_empty_log() -> None:
    told = diagnose_bytes(b"")
    assert (told.findings, told.looked_at.lines, told.looked_at.bytes) == ((), 0, 0)


def test_progress_is_told_in_bytes() -> None:
    seen: list[int] = []
    diagnose_stream(io.BytesIO(b"x" * 600_000), on_progress=seen.append)
    assert seen[-1] == 600_000
    assert seen == sorted(seen)


def test_commands_are_those_of_the_system() -> None:
    log = "UnicodeDecodeError: 'gbk' codec can't decode byte 0x80 in position 68: illegal multibyte sequence\n"
    windows = diagnose_text(log, Context(system=System.WINDOWS)).findings[0].remediation.commands
    assert [each.command for each in windows] == ['set "PYTHONUTF8=1"', '$env:PYTHONUTF8="1"']


def test_a_damaged_tag_is_none() -> None:
    log = "The NVIDIA driver on your system is too old (found version 11000)\ntorch==2.1.0+cu1al\n"
    assert diagnose_text(log).findings[0].code == "driver-too-old"
