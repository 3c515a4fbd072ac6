"""What would be installed on a Mac, decided from minted machines: no Mac is at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from envdoc.cli.app import run

MACHINES = Path(__file__).parents[1] / "machines"


def resolved(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = run(["resolve", *words, "--format", "json"])
    return int(code), dict(json.loads(capsys.readouterr().out))


def test_apple_silicon_gets_the_wheels_that_have_no_local_tag(capsys: pytest.CaptureFixture[str]) -> None:
    """The PyTorch index names a Mac's wheels `2.8.0`, not `2.8.0+cpu`; `install` makes this plan."""
    code, told = resolved(capsys, "--profile", "cpu", "--machine", str(MACHINES / "macos-m3.json"))
    assert (code, told["resolution"]["cuda"]) == (0, "cpu")
    torch, stack = (step for step in told["plan"] if step["kind"] == "InstallPackages")
    assert torch["requirements"] == ["torch==2.8.0", "torchvision==0.23.0", "torchaudio==2.8.0"]
    assert stack["requirements"] == ["huggingface-hub==1.33.0", "llamafactory==0.9.5"]
    assert not [each for each in torch["constraints"] if "+" in each or each.startswith(("nvidia-", "triton"))]
    assert [step["kind"] for step in told["plan"]] == [
        "ProvidePython",
        "MakeEnvironment",
        "InstallPackages",
        "InstallPackages",
        "Prove",
    ]


def test_an_intel_mac_is_told_that_nothing_of_today_is_published_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = resolved(capsys, "--profile", "cpu", "--machine", str(MACHINES / "macos-intel.json"))
    assert (code, told["resolution"]["cuda"]) == (1, None)
    assert [each["code"] for each in told["findings"]] == ["no-torch-build-fits"]


def test_a_mac_is_apple_silicon_where_nobody_says(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = resolved(capsys, "--os", "macos")
    assert (code, told["resolution"]["profile"], told["resolution"]["packages"]["torch"]["version"]) == (
        0,
        "cpu",
        "2.8.0",
    )
    code, told = resolved(capsys, "--os", "macos", "--arch", "x86_64")
    assert told["resolution"]["packages"]["torch"]["version"] == "2.2.2"
