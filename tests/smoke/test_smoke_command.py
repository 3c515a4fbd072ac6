"""`envdoc smoke` as a whole: which proofs are chosen, the files it writes, the forms, the exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from junit_schema import problems
from smoke_fakes import FakeNvml, ProcessHost

from envdoc.cli import app
from envdoc.errors import EnvdocError, UsageError
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import Machine, OperatingSystem, Python, PythonKind, System, Target, TargetKind
from envdoc.smoke import PROOFS, Level
from envdoc.workflow import context
from envdoc.workflow import smoke as workflow
from envdoc.workflow.smoke import SmokeWish, chosen, write_file


def machine(python: str = sys.executable) -> Machine:
    target = Target(TargetKind.VENV, "/envs/a", "--env", python=known(Python(python, "3.12.1", PythonKind.VENV)))
    return Machine(OperatingSystem(System.LINUX, "x86_64", name=known("Ubuntu 24.04")), target=target)


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without a GPU, whose environment has a torch that works on the CPU."""
    (tmp_path / "torch.py").write_text("__version__ = '2.8.0'\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(context, "local_host", lambda: ProcessHost(FakeNvml()))
    monkeypatch.setattr(workflow, "obtain", lambda host, wish: machine())
    return tmp_path


def test_the_quick_proofs_are_the_default() -> None:
    names = chosen(SmokeWish())
    assert names == tuple(
        name for name, proof in PROOFS.items() if proof.level is Level.QUICK and proof.group.value != "cpu-instead"
    )
    assert "matmul-bf16" in names


def test_a_short_name_means_all_of_its_kind() -> None:
    assert chosen(SmokeWish(only=("matmul",), skip=("matmul-cpu", "matmul-gpu"))) == (
        "matmul-fp32",
        "matmul-tf32",
        "matmul-fp16",
        "matmul-bf16",
        "matmul-fp8",
    )


def test_training_is_added_when_asked_for() -> None:
    with_train = chosen(SmokeWish(train=True))
    assert with_train[: len(chosen(SmokeWish()))] == chosen(SmokeWish())
    assert with_train[-6:] == (
        "train-lora",
        "llamafactory-lora",
        "train-qlora",
        "llamafactory-qlora",
        "train-full",
        "llamafactory-full",
    )


def test_cpu_takes_the_stand_ins() -> None:
    names = chosen(SmokeWish(cpu=True, train=True))
    assert all(PROOFS[name].group.value in ("cpu", "cpu-instead") for name in names)
    assert {"matmul-cpu", "bnb-nf4-cpu", "train-lora-cpu"} <= set(names)


def test_nothing_left_to_run_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="no proof is left to run"):
        chosen(SmokeWish(only=("matmul-cpu",), skip=("matmul",)))


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(EnvdocError, match="cannot be written"):
        write_file(str(tmp_path / "no" / "file.xml"), "x")


def test_no_gpu_is_75_and_cpu_is_0(on: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["smoke", "--only", "import:torch"]) == 75
    assert "no-gpu-visible" in capsys.readouterr().out
    assert app.run(["smoke", "--only", "import:torch", "--cpu"]) == 0
    assert "1 passed" in capsys.readouterr().out


def test_an_unknown_proof_is_2(on: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["smoke", "--only", "matmul-bf17"]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.splitlines()[0]) == ("", "error: no proof is named `matmul-bf17`")


def test_no_environment_is_2(on: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = Machine(OperatingSystem(System.LINUX, "x86_64"), target=Target(python=missing(Why.ABSENT, "PATH")))
    monkeypatch.setattr(workflow, "obtain", lambda host, wish: nothing)
    assert app.run(["smoke"]) == 2
    assert capsys.readouterr().err.startswith("error: no environment to prove: absent (PATH)")


def test_files_and_annotations_beside_the_text(
    on: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = on / "summary.md"
    summary.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    junit = on / "smoke.xml"
    names = ["--only", "import:torch", "--only", "import:nowhere"]
    assert app.run(["smoke", "--cpu", *names, "--junit", str(junit), "--github"]) == 1
    assert problems(junit.read_text()) == []
    assert summary.read_text().startswith("# before\n## envdoc smoke: the environment is wrong\n")
    assert "::error title=envdoc import-failed::" in capsys.readouterr().out


def test_the_json_document(on: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["smoke", "--cpu", "--only", "import:torch", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["command"], document["exit_code"]) == ("smoke", 0)
    assert [(proof["name"], proof["status"], proof["reason"]) for proof in document["proofs"]] == [
        ("import:torch", "passed", "2.8.0")
    ]


def test_the_list_names_every_proof(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["smoke", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(PROOFS)
