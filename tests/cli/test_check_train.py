"""`envdoc check --train` from the outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cli_runner import Run

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "check.schema.json").read_text(encoding="utf-8"))
MACHINE = str(ROOT / "tests" / "machines" / "linux-h200-580.json")
FILE = """\
model_name_or_path: owner/model
do_train: true
dataset: tiny
quantization_bit: 4
quantization_method: bitsandbytes
output_dir: out
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(FILE, encoding="utf-8")
    return "a.yaml"


def document(envdoc: Run, *arguments: str) -> tuple[int, dict[str, Any]]:
    ran = envdoc("check", *arguments, "--machine", MACHINE, "--format", "json")
    told = json.loads(ran.stdout)
    jsonschema.validate(told, SCHEMA)
    return ran.code, told


def test_a_finding_has_its_place_and_the_exit_code(file: str, envdoc: Run) -> None:
    code, told = document(envdoc, "--train", file)
    found = {each["code"]: each for each in told["findings"]}
    assert code == 1
    assert found["train-not-quantized"]["where"] == {"file": "a.yaml", "line": 5, "key": "quantization_method"}
    statuses = {each["id"]: each["status"] for each in told["checks"]}
    looked = [statuses[name] for name in ("train-model", "train-data", "train-output")]
    assert looked == ["not-checked"] * 3  # a snapshot's files are not here
    subjects = [each["subject"] for each in told["checks"]]
    assert set(subjects) == {"machine", "training-file"}
    assert {each["name"] for each in told["methods"]} >= {"bnb-4bit", "sdpa", "deepspeed"}


def test_a_subject_that_is_not_given_is_not_listed(envdoc: Run) -> None:
    _, told = document(envdoc)
    assert {each["subject"] for each in told["checks"]} == {"machine"}
    assert "methods" not in told


@pytest.mark.parametrize(
    ("arguments", "checks", "code"),
    [
        (("--only", "train-not-quantized"), ["train-silent"], 1),
        (("--only", "train-silent"), ["train-silent"], 1),
        (("--only", "train-keys"), ["train-keys"], 0),
        (("--only", "train-silent", "--skip", "train-not-quantized"), ["train-silent"], 0),
    ],
)
def test_only_and_skip(file: str, envdoc: Run, arguments: tuple[str, ...], checks: list[str], code: int) -> None:
    ended, told = document(envdoc, "--train", file, *arguments)
    assert [each["id"] for each in told["checks"]] == checks
    assert ended == code


def test_a_command_line_instead_of_a_file(file: str, envdoc: Run) -> None:
    line = f"FORCE_TORCHRUN=yes llamafactory-cli train {file} learning_rate=1e-5"
    _, told = document(envdoc, "--train", line, "--only", "train-launch")
    assert [each["code"] for each in told["findings"]] == ["train-variable"]


def test_a_file_that_is_not_there_is_a_finding(envdoc: Run) -> None:
    code, told = document(envdoc, "--train", "nowhere.yaml", "--only", "train-file")
    assert code == 1
    assert [each["code"] for each in told["findings"]] == ["train-file-broken"]
