"""Environments broken by real installs, each named by `envdoc check` with the right code and remedy.

The GPU is an override (this runs where there is none); everything else is what the package index really serves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.real, pytest.mark.skipif(sys.platform != "linux", reason="Linux wheels are installed")]

GPU = {"ENVDOC_OVERRIDE_GPUS": "RTX 5060 Ti", "ENVDOC_OVERRIDE_DRIVER": "580.95.05"}
MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
Make = Callable[..., Path]


def uv(*argv: str) -> None:
    from uv import find_uv_bin

    subprocess.run([find_uv_bin(), *argv], check=True, capture_output=True, text=True, timeout=900)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """`make("torch==2.8.0", "--no-deps")`: a new environment of this Python's version with these really installed."""

    def environment(*arguments: str) -> Path:
        env = tmp_path / "env"
        uv("venv", "-q", "--python", sys.executable, str(env))
        if arguments:
            uv("pip", "install", "-q", "--python", str(env / "bin" / "python"), *arguments)
        return env

    return environment


def check(env: Path, *more: str) -> dict[str, Any]:
    argv = [sys.executable, "-m", "envdoc", "check", "--env", str(env), "--format", "json", *more]
    done = subprocess.run(
        argv,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **GPU},
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode in (0, 1), done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def found(document: dict[str, Any], code: str, severity: str = "error") -> dict[str, Any]:
    every = {finding["code"]: finding for finding in document["findings"]}
    assert code in every, sorted(every)
    finding: dict[str, Any] = every[code]
    assert finding["severity"] == severity
    return finding


def commands(finding: dict[str, Any]) -> str:
    return "\n".join(each["command"] for each in finding["remediation"]["commands"])


def test_a_cpu_torch_under_a_cuda_profile(make: Make) -> None:
    # the index's only CPU builds of 2.8.0 are those for other machines; its files are the same
    env = make()
    target = next(env.glob("lib/python3*/site-packages"))
    uv("pip", "install", "-q", "--no-deps", "--python-platform", "aarch64-manylinux_2_28", "--python-version", MINOR,
       "--target", str(target), "torch==2.8.0")  # fmt: skip
    finding = found(check(env, "--profile", "rtx50-cu128"), "torch-cpu-build")
    assert "2.8.0+cpu" in finding["summary"]
    assert "cu128" in commands(finding)


def test_torch_270_from_the_index_for_an_rtx_5060_ti(make: Make) -> None:
    document = check(make("--no-deps", "torch==2.7.0"), "--profile", "rtx50-cu128")
    finding = found(document, "gpu-not-in-torch-build")
    told = finding["summary"] + " ".join(finding["evidence"])
    assert "sm_120" in told
    assert "sm_90" in told
    assert "whl/cu128" in commands(finding)


def test_torchaudio_211_beside_torch_28(make: Make) -> None:
    finding = found(check(make("--no-deps", "torch==2.8.0", "torchaudio==2.11.0")), "torch-companion-mismatch")
    assert "torchaudio" in finding["summary"]
    assert "torchaudio==2.8.0" in commands(finding)


def test_two_versions_of_one_distribution(make: Make) -> None:
    env = make("pip", "six==1.16.0")
    argv = [
        str(env / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "-q",
        "--ignore-installed",
        "--no-deps",
        "six==1.17.0",
    ]
    subprocess.run(argv, check=True, capture_output=True, timeout=300)
    finding = found(check(env), "duplicate-distribution", "warning")
    assert "six" in finding["summary"]
    told = finding["summary"] + " ".join(finding["evidence"])
    assert "1.16.0" in told
    assert "1.17.0" in told


def test_a_cu12_nccl_left_beside_cu13(make: Make) -> None:
    env = make("--no-deps", "torch==2.11.0", "nvidia-nccl-cu13==2.28.9", "nvidia-nccl-cu12==2.27.3")
    finding = found(check(env), "mixed-cuda-wheels")
    assert "nvidia-nccl-cu12" in finding["summary"] + " ".join(finding["evidence"])
    assert "uninstall" in commands(finding)


def test_a_fresh_install_of_llamafactory_beside_a_good_torch(make: Make) -> None:
    """The resolver walks back to a release without upper bounds: it resolves, and it does not import."""
    env = make("torch==2.8.0", "llamafactory")
    argv = [str(env / "bin" / "llamafactory-cli"), "version"]
    version = subprocess.run(argv, capture_output=True, timeout=300, check=False)
    assert version.returncode != 0, "the index now gives a set that works: this case is over"
    document = check(env)
    broken = found(document, "known-break")
    assert "numpy" in broken["summary"] + " ".join(broken["evidence"])
