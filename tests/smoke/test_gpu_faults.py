"""Faults planted on a real GPU: each must be found by the right proof, with the right code, and leave nothing behind.

A `sitecustomize` on PYTHONPATH changes torch in the child as a broken build would: wrong numbers, a forced
precision, a missing kernel, a hang, a death. The rest is real: memory that is really held, a foreign cuDNN.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from envdoc.host.base import Host
from envdoc.smoke import prove, verdict, visible

pytestmark = pytest.mark.gpu

PATCH = """
import torch
plain = torch.Tensor.__matmul__
def patched(a, b):
    if not a.is_cuda:
        return plain(a, b)
    {body}
torch.Tensor.__matmul__ = patched
"""
FAULTS = {
    "wrong": "return plain(a, b) * 1.01",
    "no-kernel": "raise RuntimeError('CUDA error: no kernel image is available for execution on the device')",
    "fp32": "return plain(a.float(), b.float()).to(a.dtype)",
    "hang": "torch.cuda._sleep(10**13); torch.cuda.synchronize(); return plain(a, b)",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "segfault": "import ctypes; ctypes.string_at(0)",
}


@pytest.fixture(scope="module")
def host() -> Host:
    from envdoc.host.local import LocalHost

    return LocalHost()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Iterator[dict[str, object]]:
    """What was found, kept for the record where ENVDOC_RECORD names a folder."""
    told: dict[str, object] = {"fault": request.node.name}
    yield told
    if os.environ.get("ENVDOC_RECORD"):
        with (Path(os.environ["ENVDOC_RECORD"]) / "faults.jsonl").open("a") as file:
            file.write(json.dumps(told) + "\n")


def found(
    host: Host, report: dict[str, object], names: list[str], environ: dict[str, str], factor: float = 1.0
) -> dict[str, tuple[str, list[str]]]:
    """Status and codes of each proof; the verdict goes to the record."""
    results = prove(host, target(), names, environ=environ, timeout_factor=factor)
    told = verdict(results, visible(host, {**host.environ, **environ}))
    report["results"] = [[r.name, r.status.value, r.reason, [f.code for f in r.findings]] for r in results]
    report["codes"], report["exit_code"] = [f.code for f in told.findings], told.exit_code
    report["seconds"] = [round(r.seconds, 1) for r in results]
    return {r.name: (r.status.value, [f.code for f in r.findings]) for r in results}


def target() -> str:
    return os.environ.get("ENVDOC_TEST_PYTHON", sys.executable)


def planted(folder: Path, fault: str) -> dict[str, str]:
    (folder / "sitecustomize.py").write_text(PATCH.format(body=FAULTS[fault]))
    return {"PYTHONPATH": f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}


@pytest.mark.parametrize(
    ("fault", "name", "status", "code", "exit_code"),
    [
        ("wrong", "matmul-gpu", "failed", "wrong-numbers", 1),
        ("no-kernel", "matmul-gpu", "failed", "no-kernel-image", 1),
        ("fp32", "matmul-bf16", "failed", "slow-path", 1),
        ("killed", "matmul-gpu", "crashed", "proof-killed", 1),
        ("segfault", "matmul-gpu", "crashed", "proof-crashed", 1),
    ],
)
def test_a_build_that_is_broken(
    host: Host,
    report: dict[str, object],
    tmp_path: Path,
    fault: str,
    name: str,
    status: str,
    code: str,
    exit_code: int,
) -> None:
    told = found(host, report, [name, "cuda-init"], planted(tmp_path, fault))
    assert (told[name], told["cuda-init"]) == ((status, [code]), ("passed", []))
    assert report["exit_code"] == exit_code


def test_a_kernel_that_hangs_leaves_no_process_and_no_memory(
    host: Host, report: dict[str, object], tmp_path: Path
) -> None:
    before = used_mib()
    told = found(host, report, ["matmul-gpu", "cuda-init"], planted(tmp_path, "hang"), factor=0.1)
    assert told == {"matmul-gpu": ("timed-out", ["proof-timed-out"]), "cuda-init": ("passed", [])}
    time.sleep(1.0)
    report["used_mib"] = [before, used_mib()]
    assert abs(used_mib() - before) < 64


def test_a_build_without_code_for_this_card(host: Host, report: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import torch\ntorch._C._cuda_getArchFlags = lambda: 'sm_50 sm_60 sm_120'\n"
    )
    environ = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    assert found(host, report, ["torch-arch-list"], environ) == {
        "torch-arch-list": ("failed", ["gpu-not-in-torch-build"])
    }
    assert report["exit_code"] == 1


def test_a_variable_that_hides_the_card(host: Host, report: dict[str, object]) -> None:
    told = found(host, report, ["matmul-gpu", "matmul-cpu"], {"CUDA_VISIBLE_DEVICES": "-1"})
    assert told == {"matmul-gpu": ("not-checked", []), "matmul-cpu": ("passed", [])}
    assert (report["codes"], report["exit_code"]) == (["no-gpu-visible"], 75)


def test_another_process_holds_most_of_the_memory(host: Host, report: dict[str, object]) -> None:
    script = (
        "import sys, torch\n"
        "free, total = torch.cuda.mem_get_info()\n"
        "held = torch.empty(int(0.9 * free), dtype=torch.uint8, device='cuda')\n"
        "print('held', flush=True)\nsys.stdin.read()\n"
    )
    holder = subprocess.Popen([target(), "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdin is not None
    try:
        assert holder.stdout.readline() == "held\n"
        # the holder takes the first card; what the others answer is not the question
        told = found(host, report, ["gpu-memory", "matmul-gpu"], {"CUDA_VISIBLE_DEVICES": "0"})
    finally:
        holder.stdin.close()
        holder.stdout.close()
        holder.wait()
    assert told == {"gpu-memory": ("failed", ["gpu-memory-held"]), "matmul-gpu": ("passed", [])}
    assert report["exit_code"] == 75


@pytest.mark.parametrize("variable", ["LD_LIBRARY_PATH", "LD_PRELOAD"])
def test_a_foreign_cudnn(host: Host, report: dict[str, object], variable: str) -> None:
    """Another cuDNN than torch's: named where it is really taken, whether it refuses, crashes or works by luck."""
    file = Path("/usr/lib/x86_64-linux-gnu/libcudnn.so.9")
    if not file.exists():
        pytest.skip("no cuDNN outside the environment")
    old = os.environ.get("LD_LIBRARY_PATH", "")
    value = f"{file.parent}:{old}" if variable == "LD_LIBRARY_PATH" else str(file)
    status, codes = found(host, report, ["convolution"], {variable: value})["convolution"]
    if variable == "LD_LIBRARY_PATH" and (status, codes) == ("passed", []):
        return  # torch's RPATH comes before LD_LIBRARY_PATH: the folder does no harm
    assert set(codes) & {"library-path-shadows", "cudnn-version-mismatch"}, (status, codes)


def used_mib() -> int:
    argv = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits", "-i", "0"]
    return int(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip())
