"""What remedies say is chosen by the tables for the very machine, and can be pasted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from doctor_cases import case_of, profiles

from envdoc.doctor import Case, examine
from envdoc.doctor.picks import fresh, pick, torch_command
from envdoc.knowledge.tables import load
from envdoc.model.facts import known, readings
from envdoc.model.finding import Finding, Report
from envdoc.rules.coverage import covers

INDEX = "https://download.pytorch.org/whl"


def _finding(report: Report, code: str) -> Finding:
    return next(finding for finding in report.findings if finding.code == code)


def test_cpu_torch_on_windows_rtx50_under_its_profile(judge: Callable[..., Report]) -> None:
    found = _finding(judge("win11-2x5060ti-576-cpu-torch", profile="rtx50-cu128"), "torch-cpu-build")
    assert [command.command for command in found.remediation.commands] == [
        "uv pip install --python C:\\Users\\user\\envs\\train\\Scripts\\python.exe "
        f"torch==2.7.1+cu128 torchvision==0.22.1+cu128 torchaudio==2.7.1+cu128 --default-index {INDEX}/cu128",
        "envdoc install --profile rtx50-cu128",
    ]
    assert found.remediation.text == "Install a CUDA build; torch 2.7.1 with CUDA runtime cu128 fits this machine"


def test_without_a_profile_the_choice_is_that_of_auto(judge: Callable[..., Report]) -> None:
    """Not the release that is installed (2.8.0): what `envdoc resolve` would install here."""
    found = _finding(judge("win11-2x5060ti-576-cpu-torch"), "torch-cpu-build")
    named = _finding(judge("win11-2x5060ti-576-cpu-torch", profile="rtx50-cu128"), "torch-cpu-build")
    assert found.remediation == named.remediation


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        ("linux-1080ti-580", ("2.7.1", "cu126")),
        ("linux-v100-580", ("2.8.0", "cu128")),
        ("linux-1080-5090-580", ("2.7.1", "cu128")),  # for the RTX 5090: no build serves the GTX 1080 beside it
        ("win11-2x5060ti-576-cu126", ("2.7.1", "cu128")),
    ],
)
def test_pick(machine: str, expected: tuple[str, str] | None) -> None:
    choice = pick(case_of(machine))
    assert (choice and (choice.torch, choice.cuda)) == expected


def test_mixed_machine_is_told_to_hide_the_gpu_that_is_not_covered(judge: Callable[..., Report]) -> None:
    found = _finding(judge("linux-1080-5090-580"), "gpu-not-in-torch-build")
    assert [command.command for command in found.remediation.commands] == ["export CUDA_VISIBLE_DEVICES=1"]
    assert "GPU 0 (NVIDIA GeForce GTX 1080), sm_61" in found.summary


@pytest.mark.parametrize("driver", ["450.80.02", "525.60.13", "535.54.03", "570.26", "580.65.06", "610.43"])
@pytest.mark.parametrize("machine", ["linux-t4-535", "linux-v100-580", "linux-1080ti-580", "linux-b200-580"])
def test_every_pick_covers_the_gpus_and_suits_the_driver(machine: str, driver: str) -> None:
    case = case_of(machine, {"driver.version": readings(known(driver, "nvml"))})
    choice = pick(case)
    if choice is None:
        return
    line = ".".join(choice.torch.split(".")[:2])
    row = next(
        row for row in load().torch
        if (row.version, row.cuda, row.os, row.arch) == (line, choice.cuda, "linux", "x86_64")
    )  # fmt: skip
    assert all(covers(row.sm, gpu.compute_capability.or_else("")) for gpu in case.machine.gpus.or_else(()))
    floor = load().driver_floor(choice.cuda, "linux")
    assert [int(part) for part in driver.split(".")] >= [int(part) for part in floor.split(".")]
    (command,) = torch_command(case, choice, again=True)
    assert command.command.endswith(f"--default-index {INDEX}/{choice.cuda}")


def test_path_with_blanks_is_quoted() -> None:
    case = case_of("win11-2x5060ti-576-cpu-torch", {"target.python.value.path": "C:\\Max Muster\\python.exe"})
    assert '--python "C:\\Max Muster\\python.exe" torch==' in torch_command(case, pick(case))[0].command


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        ("linux-1080ti-580", "gtx10"), ("linux-v100-580", "volta"), ("linux-h200-580", "hopper"),
        ("linux-b200-580", "blackwell"), ("win11-4090-610", "rtx40"), ("win11-gbk", "rtx30"),
        ("win11-2x5060ti-576-cu128", "rtx50-cu128"), ("linux-no-gpu", "cpu"), ("linux-1080-5090-580", "rtx50-cu128"),
    ],
)  # fmt: skip
def test_profile(machine: str, expected: str | None) -> None:
    choice = fresh(case_of(machine))
    assert (choice and choice.profile) == expected


def test_profiles_are_not_read_on_a_healthy_machine() -> None:
    """Reading all profiles takes longer than all checks."""

    def read() -> tuple[object, ...]:
        raise AssertionError("profiles were read")

    case = case_of("linux-h200-580")
    report = examine(Case(case.machine, case.knowledge, None, read))  # type: ignore[arg-type]
    assert [command.command for command in report.next_commands] == ["envdoc smoke"]
    assert profiles()


@pytest.mark.parametrize(
    ("machine", "profile", "expected"),
    [
        ("linux-no-gpu", "", ["envdoc check --profile cpu"]),
        ("linux-no-gpu", "cpu", ["envdoc install --profile cpu"]),
        ("linux-driver-mismatch", "", []),
        ("linux-a100-525", "", ["sudo ubuntu-drivers install && sudo reboot"]),
        ("linux-t4-535", "rtx50-cu130", ["envdoc resolve --profile auto"]),
        ("win11-laptop-store-stub", "", ["envdoc install --profile rtx40"]),
    ],
)
def test_next_command(machine: str, profile: str, expected: list[str], judge: Callable[..., Report]) -> None:
    assert [command.command for command in judge(machine, profile=profile).next_commands] == expected
