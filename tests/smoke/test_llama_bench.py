"""The tiny GGUF, and what the proof makes of `llama-bench -o json`: which backend and device it really used."""

from __future__ import annotations

import json
import os
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

from envdoc.smoke.kit import Failed, Kit, Skipped
from envdoc.smoke.lib import gguf
from envdoc.smoke.proofs import llama_bench

posix = pytest.mark.skipif(os.name == "nt", reason="the made-up program is a script")
ON_GPU = {"backends": "CUDA", "gpu_info": "NVIDIA H100 80GB HBM3", "cpu_info": "Xeon", "avg_ts": 1234.56}
ON_CPU = {"backends": "CPU", "gpu_info": "", "cpu_info": "AMD EPYC", "avg_ts": 12.0}


def rows(one: dict[str, Any]) -> str:
    return json.dumps([{**one, "n_prompt": 32, "n_gen": 0}, {**one, "n_prompt": 0, "n_gen": 8}])


def kit(tmp_path: Path, gpu: int | None) -> Kit:
    return Kit({"name": "llama-bench", "gpu": gpu, "scratch": str(tmp_path)}, load=lambda _: gguf)


def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, code: int = 0, err: str = "") -> None:
    """An environment whose llama-bench prints this, and lists no device but the CPU."""
    place = tmp_path / "env" / "llama.cpp" / "bin" / "llama-bench"
    place.parent.mkdir(parents=True)
    script = f"#!{sys.executable}\nimport sys\n"
    script += "if '--list-devices' in sys.argv: print('Available devices:'); sys.exit()\n"
    script += f"sys.stdout.write({out!r}); sys.stderr.write({err!r}); sys.exit({code})\n"
    place.write_text(script, encoding="utf-8")
    place.chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))


@posix
def test_on_the_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, monkeypatch, rows(ON_GPU))
    proof = kit(tmp_path, 0)
    assert llama_bench.run(proof).startswith("llama-bench ran on CUDA (NVIDIA H100 80GB HBM3), 1234.6 tokens")
    assert proof.figures == {
        "backend": "CUDA",
        "device": "NVIDIA H100 80GB HBM3",
        "prompt_tokens_per_second": 1234.6,
        "generation_tokens_per_second": 1234.6,
    }


@posix
@pytest.mark.parametrize("row", [ON_CPU, {**ON_CPU, "backends": "CUDA"}])  # the second: built for it, no card usable
def test_the_silent_fall_to_the_cpu_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: dict[str, Any]
) -> None:
    program(tmp_path, monkeypatch, rows(row))
    with pytest.raises(Failed) as failed:
        llama_bench.run(kit(tmp_path, 0))
    assert failed.value.code == "llama-cpp-on-cpu"
    assert failed.value.evidence == (f"backends {row['backends']!r}, gpu_info ''", "Available devices:")
    assert "ran on CPU (AMD EPYC)" in llama_bench.run(kit(tmp_path, None))  # where no GPU was asked for


@posix
@pytest.mark.parametrize(
    ("out", "code", "err", "told"),
    [
        ("", 1, "error while loading shared libraries: libcudart.so.13", "exit code 1: error while loading shared"),
        ("no json", 0, "", "no list of results"),
        ("[]", 0, "", "no list of results"),
    ],
)
def test_a_program_that_does_not_do_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, code: int, err: str, told: str
) -> None:
    program(tmp_path, monkeypatch, out, code, err)
    with pytest.raises(Failed, match=told) as failed:
        llama_bench.run(kit(tmp_path, 0))
    assert failed.value.code == "command-failed"


def test_without_llama_cpp_nothing_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(Skipped, match=r"llama\.cpp is not installed"):
        llama_bench.run(kit(tmp_path, None))


def test_the_model_is_a_gguf(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    parameters = gguf.write(path)
    data = path.read_bytes()
    magic, version, tensors, keys = data[:4], *struct.unpack_from("<IQQ", data, 4)
    assert (magic, version, tensors, keys) == (b"GGUF", 3, 21, 12)
    assert parameters == 2 * 512 * 256 + 2 * (4 * 256 * 256 + 3 * 256 * 512) + 5 * 256
    norms = 5 * 256
    assert len(data) % 32 == 0
    assert 0 <= len(data) - (2 * (parameters - norms) + 4 * norms) < 4096  # the rest is names and numbers
