"""A third party's binary: named in the plan, agreed to by name; what `resolve` prints for the seed's machine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from envdoc.cli import output, run_install
from envdoc.errors import UsageError
from envdoc.model.plan import InstallWheel, Plan

WHEEL = InstallWheel(
    "flash-attn", "Install flash-attn", "flash-attn", "2.8.3", "https://x/a.whl", publisher="mjun0812"
)
OFFICIAL = InstallWheel("flash-attn", "Install flash-attn", "flash-attn", "2.8.3", "https://x/a.whl")


def plan(*steps: InstallWheel) -> Plan:
    return Plan("/env", "rtx50-cu128", steps)


def test_who_was_not_agreed_to() -> None:
    assert run_install.strangers(plan(WHEEL), ()) == ("mjun0812",)
    assert run_install.strangers(plan(WHEEL), ("mjun0812",)) == ()
    assert run_install.strangers(plan(WHEEL), ("kingbri1",)) == ("mjun0812",)
    assert run_install.strangers(plan(OFFICIAL), ()) == ()


@pytest.mark.parametrize("yes", [True, False])
def test_yes_alone_is_not_enough(monkeypatch: pytest.MonkeyPatch, yes: bool) -> None:
    monkeypatch.setattr(output, "interactive", lambda: False)
    with pytest.raises(UsageError) as caught:
        run_install._consent(yes, ("mjun0812",))
    assert caught.value.message == "the plan installs a binary that a third party built: mjun0812"
    assert "--accept mjun0812" in caught.value.hint


def test_yes_agrees_to_the_rest() -> None:
    assert run_install._consent(True, ())


def test_the_seeds_machine_gets_the_wheel_and_the_reasons_against_the_others() -> None:
    what_if = ["--os", "windows", "--python", "3.12", "--gpu", "RTX 5060 Ti", "--driver", "576.80"]
    argv = ["resolve", "--profile", "rtx50-cu128", "--torch", "2.7.0", "--with", "flash-attn", *what_if]
    done = subprocess.run(
        [sys.executable, "-m", "envdoc", *argv, "--format", "json"], capture_output=True, text=True, timeout=120
    )
    document = json.loads(done.stdout)
    chosen = document["resolution"]["packages"]["flash-attn"]
    assert (document["exit_code"], chosen["version"], chosen["source"]) == (
        0,
        "2.8.3",
        "https://github.com/mjun0812/flash-attention-prebuild-wheels/releases/download/v0.7.11/"
        "flash_attn-2.8.3%2Bcu128torch2.7-cp312-cp312-win_amd64.whl",
    )
    rejected = {each["candidate"]: each["reasons"] for each in document["resolution"]["rejected"]}
    assert rejected["flash_attn-2.8.3+cu124torch2.7-cp312-cp312-win_amd64.whl"] == [
        "2.8.3 built with CUDA 12.4 has no code for compute capability 12.0 (it has 8.0 9.0)"
    ]
    steps = [each for each in document["plan"] if each["kind"] == "InstallWheel"]
    assert [step["publisher"] for step in steps] == ["mjun0812"]
