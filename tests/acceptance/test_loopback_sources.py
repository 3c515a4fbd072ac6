"""The whole command against package indexes on loopback: the right variant is taken, and what happens without one.

The wheels are tiny and hold no torch, so the proofs fail, and the environment must not be called usable.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "installer"))

from loopback import Index, torch_wheel, wheel

pytestmark = pytest.mark.real

PROFILE = """\
id: loopback
title: One torch from a loopback index
summary: For a test.
systems: [linux, windows]
arches: [x86_64]
gpus: {min: 12.0, max: 12.0}
python: {prefer: PYTHON, allow: [PYTHON]}
torch: {prefer: [2.7, 2.8], cuda: [cu128]}
components: [torch]
locks: {linux-x86_64-cpTAG: loopback.txt}
disk_mib: 10
download_mib: 1
sources: ["https://pytorch.org/get-started/previous-versions/"]
checked: 2026-11-24
"""


@pytest.fixture
def index() -> Iterator[Index]:
    """The PyTorch index with four variants, and a package index whose 2.8.0 is a cu128 build in fact."""
    with Index() as started:
        for tag in ("cu126", "cu128", "cu130", "cpu"):
            started.add(tag, torch_wheel(f"2.7.1+{tag}"), wheel("torchvision", f"0.22.1+{tag}"))
            started.add(tag, wheel("torchaudio", f"2.7.1+{tag}"))
        started.add("pypi", torch_wheel("2.7.1"), torch_wheel("2.8.0"), wheel("torchvision", "0.23.0"))
        started.add("pypi", wheel("torchaudio", "2.8.0"), wheel("numpy", "2.2.6"))
        yield started


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "loopback.txt").write_text("numpy==2.2.6\n", encoding="utf-8")
    path = tmp_path / "loopback.yaml"
    path.write_text(PROFILE.replace("PYTHON", minor).replace("TAG", minor.replace(".", "")), encoding="utf-8")
    return path


def install(index: Index, profile: Path, env: Path, *more: str, pytorch: str = "") -> tuple[int, dict[str, Any]]:
    argv = [sys.executable, "-m", "envdoc", "install", "--profile", str(profile), "--env", str(env), "--yes"]
    done = subprocess.run(
        [*argv, "--format", "json", *more],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
        env={
            **os.environ,
            "ENVDOC_PYTORCH_INDEX": pytorch or f"{index.root()}/{{cuda}}",
            "UV_DEFAULT_INDEX": index.url("pypi"),
            "UV_NO_CACHE": "1",
        },
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def torch_of(env: Path) -> str:
    folder = next(env.glob("lib/python3*/site-packages/torch-*.dist-info"))
    return folder.name.removeprefix("torch-").removesuffix(".dist-info")


def test_uv_is_driven_to_the_variant_that_was_decided(index: Index, profile: Path, tmp_path: Path) -> None:
    code, document = install(index, profile, tmp_path / "env")
    assert "resolution" in document, document["findings"]
    assert document["resolution"]["cuda"] == "cu128"
    assert document["resolution"]["packages"]["torch"]["version"] == "2.7.1+cu128"
    assert document["resolution"]["packages"]["torch"]["source"] == "pytorch"
    assert torch_of(tmp_path / "env") == "2.7.1+cu128"
    served = {path for path in index.served() if "torch-" in path}
    assert {path.split("/")[0] for path in served} == {"cu128"}
    assert (code, document["usable"]) == (1, False)
    failed = {proof["name"]: proof["status"] for proof in document["proofs"] if proof["status"] != "passed"}
    assert "matmul-cpu" in failed or "check" in failed


def test_without_that_index_the_same_variant_comes_from_the_next(index: Index, profile: Path, tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9/{cuda}"
    code, document = install(index, profile, tmp_path / "env", "--dry-run", pytorch=nowhere)
    assert code == 0
    chosen = document["resolution"]["packages"]["torch"]
    assert (document["resolution"]["cuda"], chosen["version"], chosen["source"]) == ("cu128", "2.8.0", "pypi")
    finding = next(each for each in document["findings"] if each["code"] == "network-unreachable")
    assert "cu128" in finding["summary"] + " ".join(finding["evidence"]) or "same CUDA variant" in finding["summary"]
    reasons = {each["candidate"]: " ".join(each["reasons"]) for each in document["resolution"]["rejected"]}
    assert "could not be reached" in reasons["torch 2.7 cu128"]
    assert any("reaching" in each["change"] for each in document["resolution"]["openers"])
    install(index, profile, tmp_path / "env", pytorch=nowhere)
    assert torch_of(tmp_path / "env") == "2.8.0"


def test_a_mirror_goes_first(index: Index, profile: Path, tmp_path: Path) -> None:
    mirror = f"{index.root()}/{{cuda}}"
    _, document = install(
        index, profile, tmp_path / "env", "--dry-run", "--mirror", mirror, pytorch="http://127.0.0.1:9/{cuda}"
    )
    assert document["resolution"]["packages"]["torch"]["version"] == "2.7.1+cu128"
    assert "127.0.0.1" in document["resolution"]["packages"]["torch"]["source"]


def test_a_planted_error_is_explained_as_diagnose_explains_it(index: Index, profile: Path, tmp_path: Path) -> None:
    """The package index goes away between the decision and the installation: both say why, in the same words."""
    index.add("cu128", torch_wheel("2.7.1+cu128", requires=("numpy",)))
    argv = [
        sys.executable,
        "-m",
        "envdoc",
        "install",
        "--profile",
        str(profile),
        "--env",
        str(tmp_path / "env"),
        "--yes",
    ]
    variables = {
        **os.environ,
        "ENVDOC_PYTORCH_INDEX": f"{index.root()}/{{cuda}}",
        "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple/",
        "UV_NO_CACHE": "1",
        "UV_HTTP_RETRIES": "0",
    }
    options: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 300, "check": False, "env": variables}
    done = subprocess.run([*argv, "--format", "json"], stdin=subprocess.DEVNULL, **options)
    assert done.returncode == 1
    installed = [finding["code"] for finding in json.loads(done.stdout)["findings"]]
    log = tmp_path / "env" / ".envdoc" / "logs" / "torch.log"
    command = [sys.executable, "-m", "envdoc", "diagnose", str(log), "--format", "json"]
    told = [finding["code"] for finding in json.loads(subprocess.run(command, **options).stdout)["findings"]]
    assert "network-unreachable" in installed
    assert told, log.read_text(encoding="utf-8")
    assert told[0] in installed
