"""On a machine with an NVIDIA GPU and torch: `envdoc check` agrees with nvidia-smi, NVML and torch.

ENVDOC_TEST_PYTHON names the Python whose torch is judged; without it, the first python3 on PATH.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.gpu

PYTHON = os.environ.get("ENVDOC_TEST_PYTHON") or shutil.which("python3") or sys.executable
QUERY = (
    "index,name,driver_version,compute_cap,memory.total,memory.used,uuid,pci.bus_id,persistence_mode,ecc.mode.current"
)
TORCH = """
import json, torch
p = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
print(json.dumps({"version": torch.__version__, "cuda": torch.version.cuda, "arch": torch.cuda.get_arch_list(),
  "abi": torch._C._GLIBCXX_USE_CXX11_ABI, "names": [d.name for d in p], "cc": [f"{d.major}.{d.minor}" for d in p]}))
"""


def run(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, timeout=300, check=True).stdout


def check(*more: str) -> dict[str, Any]:
    argv = [sys.executable, "-m", "envdoc", "check", "--format", "json", "--fresh", *more]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["exit_code"] == done.returncode
    return document


@cache
def judged() -> dict[str, Any]:
    return check("--python", PYTHON)


@cache
def torch_says() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(PYTHON, "-c", TORCH))
    return told


def gpus() -> list[dict[str, Any]]:
    every: list[dict[str, Any]] = judged()["machine"]["gpus"]["value"]
    return every


@cache
def described() -> list[dict[str, Any]]:
    """The GPUs of a snapshot: it asks for what describes a card, too."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "machine.json"
        run(sys.executable, "-m", "envdoc", "snapshot", "-o", str(path))
        told = json.loads(path.read_text(encoding="utf-8"))
    every: list[dict[str, Any]] = told.get("machine", told)["gpus"]["value"]
    return every


def test_it_agrees_with_nvidia_smi() -> None:
    lines = run("nvidia-smi", f"--query-gpu={QUERY}", "--format=csv,noheader,nounits").splitlines()
    assert len(lines) == len(gpus())
    for line, gpu in zip(lines, gpus(), strict=True):
        index, name, driver, capability, total, used, uuid, bus, persistence, ecc = (
            part.strip() for part in line.split(",")
        )
        assert gpu["index"] == int(index)
        assert gpu["name"]["value"] == name
        assert gpu["compute_capability"]["value"] == capability
        assert abs(gpu["memory_total_mib"]["value"] - int(total)) <= 1
        assert abs(gpu["memory_used_mib"]["value"] - int(used)) <= 64
        assert gpu["uuid"]["value"] == uuid
        assert gpu["bus_id"]["value"].lower().endswith(bus.lower()[-12:])
        more = described()[int(index)]
        assert more["persistence"]["value"] is (persistence == "Enabled")
        assert more["ecc_enabled"]["value"] is (ecc == "Enabled")
        told = {fact["value"] for fact in judged()["machine"]["driver"]["version"]["facts"] if "value" in fact}
        assert told == {driver}


def test_it_agrees_with_nvml() -> None:
    import pynvml  # type: ignore[import-not-found,unused-ignore]

    pynvml.nvmlInit()
    version = pynvml.nvmlSystemGetCudaDriverVersion_v2()
    facts = judged()["machine"]["driver"]["cuda"]["facts"]
    assert {fact["value"] for fact in facts if "value" in fact} == {f"{version // 1000}.{version % 1000 // 10}"}
    for gpu in gpus():
        handle = pynvml.nvmlDeviceGetHandleByIndex(gpu["index"])
        assert gpu["memory_total_mib"]["value"] == pynvml.nvmlDeviceGetMemoryInfo(handle).total >> 20
        more = described()[gpu["index"]]
        link = more["pcie"]["value"]
        assert link["generation_max"] == pynvml.nvmlDeviceGetMaxPcieLinkGeneration(handle)
        assert link["width_max"] == pynvml.nvmlDeviceGetMaxPcieLinkWidth(handle)
        assert more["power_limit_w"]["value"] == pynvml.nvmlDeviceGetPowerManagementLimit(handle) // 1000


def test_it_agrees_with_torch() -> None:
    torch = judged()["machine"]["target"]["torch"]["value"]
    said = torch_says()
    assert (torch["version"], torch["cuda"]) == (said["version"], said["cuda"])
    assert torch["arch_list"]["value"] == said["arch"]
    assert torch["cxx11_abi"]["value"] is said["abi"]
    assert [gpu["name"]["value"] for gpu in gpus()] == said["names"]
    assert [gpu["compute_capability"]["value"] for gpu in gpus()] == said["cc"]
    devices = judged()["machine"]["driver"]["cuda_init"]["value"]["devices"]
    assert [device["compute_capability"] for device in devices] == said["cc"]


def test_the_fitting_profile_is_content() -> None:
    major = gpus()[0]["compute_capability"]["value"].split(".")[0]
    profile = {"7": "turing-dc", "8": "ampere-dc", "9": "hopper", "10": "blackwell", "12": "rtx50-cu128"}[major]
    document = check("--python", PYTHON, "--profile", profile)
    assert document["exit_code"] == 0, [f["code"] for f in document["findings"] if f["severity"] == "error"]


def test_it_works_when_torch_does_not(tmp_path: Path) -> None:
    """The same environment by links, with a torch whose `__init__.py` raises."""
    real = Path(run(PYTHON, "-c", "import torch, pathlib; print(pathlib.Path(torch.__file__).parents[1])").strip())
    run(PYTHON, "-m", "venv", "--without-pip", str(tmp_path / "env"))
    site = next((tmp_path / "env").glob("lib/python3*/site-packages"))
    for each in real.iterdir():
        if each.name != "torch" and not (site / each.name).exists():
            (site / each.name).symlink_to(each)
    (site / "torch").mkdir()
    for each in (real / "torch").iterdir():
        if each.name != "__init__.py":
            (site / "torch" / each.name).symlink_to(each)
    (site / "torch" / "__init__.py").write_text("raise ImportError('broken on purpose')\n", encoding="utf-8")
    python = str(tmp_path / "env" / "bin" / "python")
    assert subprocess.run([python, "-c", "import torch"], capture_output=True, check=False).returncode != 0
    document = check("--python", python)
    assert document["machine"]["target"]["torch"]["value"]["arch_list"]["value"] == torch_says()["arch"]
    codes = {finding["code"] for finding in judged()["findings"]}
    assert {finding["code"] for finding in document["findings"]} - {"torch-files-mixed"} == codes
    assert not [result for result in document["checks"] if result["status"] == "crash"]
