"""What the proof makes of llama.cpp's conversion script: a file that is one, has every tensor, and runs."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

import pytest

from envdoc.smoke.kit import Failed, Kit, Skipped
from envdoc.smoke.proofs import llama_convert

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the made-up programs are scripts")
WHOLE = b"GGUF" + struct.pack("<IQQ", 3, 21, 0)


def kit(tmp_path: Path) -> Kit:
    return Kit({"name": "llama-convert", "scratch": str(tmp_path)}, load=lambda _: None)


def program(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\nimport sys\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    program(tmp_path / "env/.envdoc/build/llama.cpp-convert/env-1/bin/python", "sys.exit(0)")
    return tmp_path / "env"


def converts(root: Path, made: bytes, code: int = 0) -> None:
    body = f"open(sys.argv[3], 'wb').write({made!r}) if {bool(made)} else 0\nprint('why', file=sys.stderr)\n"
    program(root / "llama.cpp-convert/convert-hf-to-gguf", f"{body}sys.exit({code})")


def test_a_whole_file(root: Path, tmp_path: Path) -> None:
    converts(root, WHOLE)
    proof = kit(tmp_path)
    assert llama_convert.run(proof) == "a model of 21 tensors converted to GGUF"
    assert proof.figures == {"tensors": 21, "bytes": len(WHOLE)}


def test_llama_bench_runs_it_where_it_is_there(root: Path, tmp_path: Path) -> None:
    converts(root, WHOLE)
    bench = root / "llama.cpp/bin/llama-bench"
    program(bench, "sys.exit(open(sys.argv[2], 'rb').read(4) != b'GGUF')")
    assert llama_convert.run(kit(tmp_path)).endswith("and run by llama-bench")
    program(bench, "sys.exit('cannot load it')")
    (tmp_path / "model").rmdir()
    with pytest.raises(Failed, match="llama-bench ended with exit code 1: cannot load it"):
        llama_convert.run(kit(tmp_path))


@pytest.mark.parametrize(
    ("made", "code", "status", "reason"),
    [
        (b"", 0, "command-failed", "the script ended well, and there is no GGUF file"),
        (b"<html>", 0, "command-failed", "the script ended well, and there is no GGUF file"),
        (WHOLE.replace(b"\x15", b"\x14"), 0, "wrong-numbers", "the GGUF file has 20 tensors, the model 21"),
        (WHOLE, 3, "command-failed", "convert-hf-to-gguf ended with exit code 3: why"),
    ],
)
def test_what_is_wrong_is_told(root: Path, tmp_path: Path, made: bytes, code: int, status: str, reason: str) -> None:
    converts(root, made, code)
    with pytest.raises(Failed) as failed:
        llama_convert.run(kit(tmp_path))
    assert (failed.value.code, failed.value.reason) == (status, reason)


def test_without_the_component(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(Skipped, match="not installed in this environment"):
        llama_convert.run(kit(tmp_path))
