"""`envdoc launch` as a user starts it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from cli_runner import Run
from test_documents import validated

from envdoc.host.local import LocalHost
from envdoc.training.config import judge, load
from envdoc.workflow.machine import load_snapshot

MACHINES = Path(__file__).parents[1] / "machines"
LINUX, WINDOWS = "linux-b200-580.json", "win11-2x5060ti-576-cu128.json"
BASH = ("--shell", "bash")  # by default the script is for the system's own shell
TRAIN = "model_name_or_path: models/a\nstage: sft\ndo_train: true\nbf16: true\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "train.yaml").write_text(TRAIN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_document_has_the_files_and_the_lines(envdoc: Run) -> None:
    ran = envdoc("launch", "train.yaml", "--strategy", "ds-z3", "--gpus", "2", *BASH, "--format", "json")
    document = validated(ran.stdout, "launch")
    assert [file["path"] for file in document["files"]] == ["deepspeed.json", "launch-train.yaml", "launch.sh"]
    assert document["commands"] == [{"shell": "bash", "command": "bash launch.sh"}]
    assert document["written"] is False


def test_files_are_written_and_never_replaced_unasked(envdoc: Run, here: Path) -> None:
    argv = ("launch", "train.yaml", "--gpus", "2", "--strategy", "ds-z2", *BASH, "-o", "run")
    assert envdoc(*argv).code == 0
    assert sorted(path.name for path in (here / "run").iterdir()) == [
        "deepspeed.json",
        "launch-train.yaml",
        "launch.sh",
    ]
    (here / "run" / "launch.sh").write_text("mine", encoding="utf-8")
    again = envdoc(*argv)
    assert again.code == 2
    assert "already there" in again.stderr
    assert (here / "run" / "launch.sh").read_text(encoding="utf-8") == "mine"
    assert envdoc(*argv, "--yes").code == 0
    assert "llamafactory-cli" in (here / "run" / "launch.sh").read_text(encoding="utf-8")
    assert (here / "train.yaml").read_text(encoding="utf-8") == TRAIN


def test_the_training_file_itself_is_never_replaced(envdoc: Run, here: Path) -> None:
    (here / "run").mkdir()
    os.link(here / "train.yaml", here / "run" / "launch-train.yaml")
    ran = envdoc("launch", "train.yaml", "--gpus", "2", "--strategy", "ds-z2", *BASH, "-o", "run", "--yes")
    assert ran.code == 2
    assert "is your training file itself" in ran.stderr
    assert (here / "train.yaml").read_text(encoding="utf-8") == TRAIN


def test_gpus_are_those_of_the_machine(envdoc: Run) -> None:
    two = MACHINES / LINUX
    document = validated(
        envdoc("launch", "train.yaml", "--machine", str(two), "--shell", "bash", "--format", "json").stdout, "launch"
    )
    assert document["gpus"] == 8
    none = envdoc("launch", "train.yaml", "--machine", str(MACHINES / "linux-no-gpu.json"))
    assert none.code == 2
    assert "--gpus N" in none.stderr


def test_hosts_give_ranks_and_slots(envdoc: Run, here: Path) -> None:
    (here / "hosts").write_text("node-1 slots=4\nnode-2 slots=4\n", encoding="utf-8")
    document = validated(
        envdoc("launch", "train.yaml", "--hosts", "hosts", *BASH, "--format", "json").stdout, "launch"
    )
    assert (document["gpus"], document["nodes"]) == (4, 2)
    assert [each["command"] for each in document["commands"]] == ["bash launch.sh 0", "bash launch.sh 1"]


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("nowhere.yaml",), "nowhere.yaml: cannot be read"),
        ((".",), "a folder"),
        (("train.yaml", "--nodes", "2", "--hosts", "h"), "both say which machines"),
        (("train.yaml", "--gpus", "2", "--hosts", "h"), "h: cannot be read"),
        (("train.yaml", "--gpus", "2", "--shell", "any"), "a script is for one shell"),
        (("train.yaml", "--gpus", "2", "--strategy", "ds-z1"), "ds-z1"),
    ],
)
def test_what_cannot_be_used_is_one_clear_error(envdoc: Run, argv: tuple[str, ...], told: str) -> None:
    ran = envdoc("launch", *argv)
    assert ran.code == 2
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr


JUDGED = (
    "train-launch",
    "train-command-unknown",
    "train-deepspeed-config",
    "train-accelerate-config",
    "train-key-unknown",
)


@pytest.mark.parametrize("engine", ["llamafactory", "torchrun", "accelerate", "deepspeed"])
@pytest.mark.parametrize("strategy", ["ddp", "ds-z0", "ds-z2", "ds-z2-offload", "ds-z3", "ds-z3-offload"])
def test_check_has_no_word_against_what_launch_made(envdoc: Run, engine: str, strategy: str) -> None:
    """On the machine that the script is for, whatever this one is."""
    argv = ("launch", "train.yaml", "--gpus", "2", "--engine", engine, "--strategy", strategy, *BASH)
    assert envdoc(*argv, "-o", "run").code == 0
    results = judge(load(LocalHost(), "run/launch.sh", load_snapshot(LocalHost(), str(MACHINES / LINUX))))
    assert [found for result in results for found in result.findings if found.code in JUDGED] == []


@pytest.mark.parametrize(("shell", "script"), [("cmd", "launch.cmd"), ("powershell", "launch.ps1")])
@pytest.mark.parametrize("gpus", [1, 2])
def test_check_has_no_word_against_it_on_windows_either(
    envdoc: Run, here: Path, shell: str, script: str, gpus: int
) -> None:
    """One GPU of two: the script hides the other where nobody chose one."""
    two = json.loads((MACHINES / WINDOWS).read_text(encoding="utf-8"))
    del two["env"]["CUDA_VISIBLE_DEVICES"]
    (here / "two.json").write_text(json.dumps(two), encoding="utf-8")
    assert envdoc("launch", "train.yaml", "--gpus", str(gpus), "--shell", shell, "-o", "run").code == 0
    wanted = [word for code in JUDGED for word in ("--only", code)]
    ran = envdoc("check", "--train", f"run/{script}", "--machine", "two.json", *wanted, "--format", "json")
    assert json.loads(ran.stdout)["findings"] == []


def test_the_words_are_chinese_where_asked(envdoc: Run) -> None:
    ran = envdoc("launch", "train.yaml", "--gpus", "2", "--strategy", "ds-z3", *BASH, "--lang", "zh")
    assert "请在训练文件中的相对路径成立的目录里启动" in ran.stdout


def test_the_shell_is_the_systems_own(envdoc: Run) -> None:
    ran = envdoc("launch", "train.yaml", "--gpus", "1", "--format", "json")
    assert validated(ran.stdout, "launch")["shell"] == ("cmd" if sys.platform == "win32" else "bash")


@pytest.mark.parametrize(("shell", "script"), [("cmd", "launch.cmd"), ("powershell", "launch.ps1")])
def test_several_gpus_on_windows_get_the_launcher_without_torchrun(
    envdoc: Run, here: Path, shell: str, script: str
) -> None:
    assert envdoc("launch", "train.yaml", "--gpus", "2", "--shell", shell, "-o", "run").code == 0
    assert sorted(path.name for path in (here / "run").iterdir()) == [script, "ranks.py", "winjob.py"]
    line = "python run/ranks.py --ranks 2 --llamafactory train.yaml"
    assert line in (here / "run" / script).read_text(encoding="utf-8-sig")
