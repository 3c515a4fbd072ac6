"""`envdoc diagnose` and `envdoc report` as a user starts them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from envdoc.cli.app import run

ROOT = Path(__file__).resolve().parents[2]
LOG = "torch==2.1.0+cu121\nThe NVIDIA driver on your system is too old (found version 11040).\n"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def envdoc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`envdoc(...)` in this process: exit code, stdout, stderr. The machine is a snapshot, never this one."""

    def call(*argv: str, stdin: bytes = b"") -> tuple[int, str, str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        monkeypatch.setattr(sys, "argv", ["envdoc", *argv])
        code = run(argv)
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
        return int(code), texts[0], texts[1]

    return call


def validated(text: str, name: str) -> Any:
    document = json.loads(text)
    schema = json.loads((ROOT / "docs" / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
    return document


def test_a_file(envdoc: Run, tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_bytes(LOG.encode())
    code, out, err = envdoc("diagnose", str(log))
    assert (code, err) == (1, "")
    assert out.splitlines()[0] == f"train.log: 2 lines, 86 bytes, against {rules()} rules"
    assert "driver-too-old: The driver offers CUDA 11.4 at most, and torch 2.1.0 is built for cu121" in out
    assert "line 2: The NVIDIA driver on your system is too old (found version 11040)." in out


def rules() -> int:
    from envdoc.diagnose.rules import load

    return len(load())


def test_standard_input_as_a_document(envdoc: Run) -> None:
    code, out, _ = envdoc("diagnose", "-", "--format", "json", stdin=LOG.encode("utf-16"))
    document = validated(out, "diagnose")
    assert code == document["exit_code"] == 1
    assert [each["code"] for each in document["findings"]] == ["driver-too-old"]
    assert document["source"] == "standard input"
    assert document["looked_at"]["encoding"] == "utf-16-le"
    assert document["log"]["torch"] == "2.1.0+cu121"


def test_nothing_known(envdoc: Run) -> None:
    code, out, _ = envdoc("diagnose", "-", stdin=b"all is well\n")
    assert code == 0
    assert "Nothing known was found to be wrong with the environment" in out
    assert "envdoc report LOGFILE" in out


def test_a_missing_file_and_a_folder(envdoc: Run, tmp_path: Path) -> None:
    code, out, err = envdoc("diagnose", str(tmp_path / "no.log"))
    assert (code, out) == (2, "")
    assert "cannot be read: No such file or directory" in err
    code, _, err = envdoc("diagnose", str(tmp_path))
    assert code == 2
    assert "hint: name a log file" in err


def test_without_anything(envdoc: Run) -> None:
    code, _, err = envdoc("diagnose")
    assert code == 2
    assert "a FILE is missing" in err


def test_remedies_for_another_system(envdoc: Run) -> None:
    gbk = b"UnicodeDecodeError: 'gbk' codec can't decode byte 0x80 in position 68: illegal multibyte sequence\n"
    _, out, _ = envdoc("diagnose", "-", "--os", "windows", stdin=gbk)
    assert 'set "PYTHONUTF8=1"' in out
    code, _, err = envdoc("diagnose", "-", "--os", "plan9", stdin=gbk)
    assert code == 2
    assert "--os plan9: not known" in err


def test_hostile_bytes_are_not_printed(envdoc: Run) -> None:
    _, out, _ = envdoc(
        "diagnose", "-", stdin=b"\x1b]0;own\x07\x1b[2JRuntimeError: CUDA out of memory\x1b[31m\x07 \xe2\x80\xae\n"
    )
    assert "cuda-oom" in out
    assert not any(char in out for char in "\x1b\x07\u202e")


def command(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "envdoc", "diagnose", *argv], capture_output=True, text=True, timeout=120, check=False
    )


def test_a_command_that_fails_is_shown_live_and_explained() -> None:
    done = command("--format", "text", "--", sys.executable, "-c", "import torch_is_not_here\nimport sys")
    assert done.returncode == 1
    assert "ModuleNotFoundError: No module named 'torch_is_not_here'" in done.stdout
    assert "the command ended with exit code 1" in done.stdout


def test_a_command_that_succeeds_is_not_talked_about() -> None:
    done = command("--", sys.executable, "-c", "print('CUDA out of memory')")
    assert (done.returncode, done.stdout) == (0, "CUDA out of memory\n")


def test_a_command_that_does_not_exist() -> None:
    done = command("--", "no-such-program-here", "x")
    assert done.returncode == 2
    assert "no program `no-such-program-here` on PATH" in done.stderr


def test_report_for_the_project_that_the_log_points_at(envdoc: Run, tmp_path: Path) -> None:
    log, file = tmp_path / "x.log", tmp_path / "report.json"
    log.write_text(
        "HF_TOKEN=hf_abcdefghijklmnopqrstuvwxyz012345\n"
        "Error: bitsandbytes/libbitsandbytes_cuda130.so: cannot open shared object file\n"
    )
    code, out, _ = envdoc("report", str(log), "-o", str(file), "--format", "json")
    document = validated(out, "report")
    assert (code, document["project"], document["file"]) == (0, "bitsandbytes", str(file))
    assert "bitsandbytes-no-binary" in document["text"]
    assert "hf_abcdefghij" not in document["text"] + file.read_text(encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8"))["findings"][0]["code"] == "bitsandbytes-no-binary"


def test_report_for_a_named_project(envdoc: Run, tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("Error: x\n")
    code, out, err = envdoc("report", str(log), "--for", "PyTorch")
    assert code == 0
    assert out.startswith("### Describe the bug\n")
    assert "For pytorch: paste this into https://github.com/pytorch/pytorch/issues/new/choose" in err
    code, _, err = envdoc("report", str(log), "--for", "nobody")
    assert code == 2
    assert "one of llama.cpp, bitsandbytes, flash-attn" in err


def test_explain_log_is_what_the_installer_shows() -> None:
    from envdoc.workflow.diagnose import explain_log

    assert [each.code for each in explain_log(LOG)] == ["driver-too-old"]
