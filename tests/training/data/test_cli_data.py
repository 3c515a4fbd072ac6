"""`envdoc data check` and `data init` from the command line."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

sys.path[:0] = [str(Path(__file__).parents[2] / "cli"), str(Path(__file__).parent)]

from cases import CASES, Case, a, s  # noqa: E402
from cli_runner import Run, envdoc  # noqa: E402

__all__ = ["envdoc"]

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "data.schema.json"
RIGHT = [case for case in CASES if not case.codes and not case.info and "/" not in case.file and not case.more]


def document(text: str) -> Any:
    told = json.loads(text)
    jsonschema.validate(told, json.loads(SCHEMA.read_text(encoding="utf-8")), cls=jsonschema.Draft202012Validator)
    return told


def folder(path: Path, data: Any, **entry: Any) -> str:
    Case("x", data, entry).write(path)
    return str(path)


def test_bare_and_help_are_fine(envdoc: Run) -> None:
    for argv in (("data",), ("data", "--help")):
        ran = envdoc(*argv)
        assert ran.code == 0
        assert "check" in ran.stdout


def test_a_right_data_set(envdoc: Run, tmp_path: Path) -> None:
    ran = envdoc("data", "check", folder(tmp_path, [a(), a(output="It is")]))
    assert (ran.code, ran.stderr) == (0, "")
    lines = ran.stdout.replace(str(tmp_path), "DIR").splitlines()
    assert lines[:-1] == [
        f"DIR{os.sep}dataset_info.json: 1 data set",
        "✓ x  alpaca, 2 records",
        "    answer: min 5, median 10, 95 % 10, max 10 characters",
        "    prompt: min 3, median 6, 95 % 6, max 6 characters",
        "    2 turns",
    ]
    assert lines[-1].startswith("0 errors, 0 warnings, 2 records read in ")


def test_the_document_has_every_mistake_with_its_place(envdoc: Run, tmp_path: Path) -> None:
    data = [s(), s(("gpt", "Hi"), ("human", "Hello")), s(("human", "Do"), ("gpt", None))]
    ran = envdoc("data", "check", folder(tmp_path, data, formatting="sharegpt"), "--format", "json")
    told = document(ran.stdout)
    assert (ran.code, told["exit_code"]) == (1, 1)
    dataset = told["datasets"][0]
    assert {key: dataset[key] for key in ("name", "format", "records", "bad", "sampled", "status")} == {
        "name": "x",
        "format": "sharegpt",
        "records": 3,
        "bad": 2,
        "sampled": [2, 3],
        "status": "checked",
    }
    file = str(tmp_path / "data.json")
    assert [(each["code"], each["severity"], each["where"]) for each in told["findings"]] == [
        ("data-turn-order", "warning", {"file": file, "line": 14, "key": "conversations", "record": 2}),
        ("data-text-type", "error", {"file": file, "line": 26, "key": "conversations[2].value", "record": 3}),
    ]


def test_strict_counts_warnings_and_name_chooses(envdoc: Run, tmp_path: Path) -> None:
    path = folder(tmp_path, [a(), a(output=None)])
    assert envdoc("data", "check", path).code == 0
    assert envdoc("data", "check", path, "--strict").code == 1
    assert envdoc("data", "check", f"{path}/dataset_info.json", "--name", "x").code == 0
    assert envdoc("data", "check", path, "--name", "x,y").code == 1


def test_no_folder_is_a_finding(envdoc: Run, tmp_path: Path) -> None:
    ran = envdoc("data", "check", str(tmp_path / "nowhere"), "--format", "json")
    assert [each["code"] for each in document(ran.stdout)["findings"]] == ["data-info-missing"]
    assert ran.code == 1


@pytest.mark.parametrize("case", RIGHT, ids=[case.id for case in RIGHT])
def test_init_writes_an_entry_that_check_accepts(envdoc: Run, tmp_path: Path, case: Case) -> None:
    case.write(tmp_path)
    info = tmp_path / "dataset_info.json"
    info.write_text('{"other": {"hf_hub_url": "a/b"}}')
    ran = envdoc("data", "init", str(tmp_path / case.file), "--name", "made", "-o", str(info), "--format", "json")
    assert ran.code == 0, ran.stderr
    document(ran.stdout)
    assert list(json.loads(info.read_text())) == ["other", "made"]
    assert envdoc("data", "check", str(tmp_path), "--name", "made", "-q").code == 0


def test_init_never_overwrites(envdoc: Run, tmp_path: Path) -> None:
    path = folder(tmp_path, [a()])
    before = (tmp_path / "dataset_info.json").read_bytes()
    ran = envdoc("data", "init", f"{path}/data.json", "--name", "x", "-o", f"{path}/dataset_info.json")
    assert ran.code == 2
    assert "is not overwritten" in ran.stderr
    assert (tmp_path / "dataset_info.json").read_bytes() == before


def test_init_says_what_it_guessed(envdoc: Run, tmp_path: Path) -> None:
    chat = [{"messages": [{"role": "user", "content": "x"}, {"role": "narrator", "content": "y"}]}]
    ran = envdoc("data", "init", f"{folder(tmp_path, chat)}/data.json")
    assert json.loads(ran.stdout)["data"]["tags"]["user_tag"] == "user"
    assert "the role `narrator` goes with no tag" in ran.stderr


@pytest.mark.parametrize("content", ["[]", "[1, 2]", "{", '[{"foo": 1}]'])
def test_init_refuses_what_shows_no_format(envdoc: Run, tmp_path: Path, content: str) -> None:
    assert envdoc("data", "init", f"{folder(tmp_path, content)}/data.json").code == 2


def test_tokens_are_counted_where_a_tokenizer_is_at_hand(envdoc: Run, tmp_path: Path) -> None:
    path = folder(tmp_path, [a()])
    pytest.importorskip("tokenizers")
    from tokenizers import Tokenizer, models, pre_tokenizers

    made = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.save(str(tmp_path / "tokenizer.json"))
    told = document(envdoc("data", "check", path, "--tokenizer", str(tmp_path), "--format", "json").stdout)
    assert told["datasets"][0]["statistics"]["tokens"]["answer"]["max"] == 3
