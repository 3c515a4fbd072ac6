"""Remedies are chosen by the tables, for the machine at hand or the one in the log; never by a fixed text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from envdoc.diagnose import Context, diagnose_bytes, diagnose_text
from envdoc.model.cuda import cuda_of
from envdoc.model.facts import Readings, known
from envdoc.model.finding import Severity
from envdoc.model.machine import (
    Driver,
    Gpu,
    Machine,
    OperatingSystem,
    Python,
    PythonKind,
    System,
    Target,
    TargetKind,
    TorchBuild,
)

HERE = Path(__file__).parent


def machine(torch: str, cuda: str | None, arch: tuple[str, ...], gpu: str, driver: tuple[str, str]) -> Machine:
    python = Python("/v/bin/python", "3.12.3", PythonKind.VENV)
    built = TorchBuild(torch, cuda, arch_list=known(arch))
    return Machine(
        os=OperatingSystem(System.LINUX, "x86_64"),
        driver=Driver(version=Readings((known(driver[0]),)), cuda=Readings((known(driver[1]),))),
        gpus=known((Gpu(0, name=known(gpu), compute_capability=known("12.0")),)),
        target=Target(kind=TargetKind.VENV, python=known(python), torch=known(built)),
    )


OLD = machine("2.6.0+cu124", "12.4", ("sm_80", "sm_90"), "NVIDIA GeForce RTX 5090", ("580.95.05", "13.0"))
NEW = machine("2.8.0+cu128", "12.8", ("sm_80", "sm_90", "sm_120"), "NVIDIA GeForce RTX 5090", ("580.95.05", "13.0"))
LOG = "NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch installation.\n"


def test_a_machine_confirms() -> None:
    finding = diagnose_text(LOG, Context(machine=OLD)).findings[0]
    assert finding.severity is Severity.ERROR
    assert finding.evidence[-1] == (
        "confirmed on this machine: your torch is cu124 (sm_80 sm_90), a GPU is compute capability 12.0"
    )
    assert re.search(r"torch==2\.7\.1\+cu128 .*whl/cu128$", finding.remediation.commands[0].command)


def test_a_machine_rules_out() -> None:
    finding = diagnose_text(LOG, Context(machine=NEW)).findings[0]
    assert finding.severity is Severity.INFO
    assert finding.evidence[-1].startswith("ruled out on this machine: torch 2.8.0+cu128 has code for every GPU here")


@pytest.mark.parametrize(
    ("log", "tag"),
    [
        ("GPU0 NVIDIA GeForce GTX 1080 Ti which is of compute capability (CC) 6.1.\ntorch==2.12.0+cu130", "cu126"),
        (
            "NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch",
            "cu12[89]|cu13",
        ),
        ("Found GPU0 Tesla V100-SXM2-32GB which is of compute capability (CC) 7.0.\ntorch==2.11.0+cu130", "cu128"),
    ],
)
def test_the_build_fits_the_gpu_of_the_log(log: str, tag: str) -> None:
    finding = diagnose_text(log.replace("current PyTorch", "current PyTorch installation.")).findings[0]
    assert finding.code == "gpu-not-in-torch-build"
    command = finding.remediation.commands[0].command
    found = re.search(r"torch==[\d.]+\+(\w+)", command)
    assert found is not None
    assert re.fullmatch(tag, found[1]) or re.match(tag, found[1])
    assert cuda_of(found[1]) is not None


def test_unknown_gpu_and_driver_give_no_fixed_version() -> None:
    commands = (
        diagnose_text("AssertionError: Torch not compiled with CUDA enabled\n").findings[0].remediation.commands
    )
    assert [each.command for each in commands] == ["envdoc resolve"]


BAD = re.compile(
    r"dll-files|--trusted-host|verify=False|break-system-packages|sudo pip|install bitsandbytes-windows|"
    r"install bitsandbytes-cuda|KMP_DUPLICATE_LIB_OK=TRUE$|ln -s|pip install [^\"'|]*[\w\]]>=?\d"
)


@pytest.mark.parametrize("system", [System.LINUX, System.WINDOWS])
def test_no_command_for_any_log_is_bad_advice(system: System) -> None:
    """Every command that any log of the corpus brings forth, on both systems."""
    bad = []
    for path in sorted((HERE / "corpus").glob("*/*.log")):
        for finding in diagnose_bytes(path.read_bytes(), Context(system=system)).findings:
            for each in finding.remediation.commands:
                apt = system is System.WINDOWS and re.search(r"\bapt-get\b|\bsudo\b|^export ", each.command)
                if BAD.search(each.command) or apt:
                    bad.append((path.parent.name, each.command))
    assert bad == []


def test_what_a_log_says_cannot_reach_a_command() -> None:
    log = (
        "llamafactory\nImportError: trl>=0.18;$(rm,-rf) is required for a normal functioning of this module, "
        "but found trl==1\nTo fix: pip install trl>=0.18;`touch /tmp/x`\n"
    )
    commands = [each.command for finding in diagnose_text(log).findings for each in finding.remediation.commands]
    assert commands == ['python -m pip install "trl>=0.18"']


def test_bounds_in_a_command_stay_whole_and_quoted() -> None:
    log = (
        "llamafactory\nImportError: peft>=0.18.0,<=0.20.0 is required for a normal functioning of this module, "
        "but found peft==0.14.0.\n"
    )
    finding = diagnose_text(log).findings[0]
    assert finding.summary == "LLaMA-Factory wants peft>=0.18.0,<=0.20.0, and peft==0.14.0 is installed"
    assert [each.command for each in finding.remediation.commands] == [
        'python -m pip install "peft>=0.18.0,<=0.20.0"'
    ]


def test_xformers_over_a_cpu_torch_brings_the_cuda_build_back() -> None:
    log = (
        "WARNING[XFORMERS]: xFormers can't load C++/CUDA extensions. xFormers was built for:\n"
        "    PyTorch 2.5.1+cu124 with CUDA 1204 (you have 2.1.2+cpu)\n"
    )
    finding = diagnose_text(log).findings[0]
    assert finding.severity is Severity.ERROR
    assert finding.remediation.commands[0].command == (
        "python -m pip install torch==2.5.1+cu124 torchvision==0.20.1+cu124 "
        "--index-url https://download.pytorch.org/whl/cu124"
    )
