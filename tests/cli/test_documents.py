"""The JSON documents against their published schemas, and the same findings from a snapshot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cli_runner import Run

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs" / "schemas"
MACHINES = sorted((ROOT / "tests" / "machines").glob("*.json"))


def validated(text: str, schema: str) -> Any:
    document = json.loads(text)
    definition = json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(definition)
    jsonschema.validate(document, definition, cls=jsonschema.Draft202012Validator)
    return document


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_check_of_every_known_machine_is_a_valid_document(envdoc: Run, path: Path) -> None:
    ran = envdoc("check", "--machine", str(path), "--format", "json")
    document = validated(ran.stdout, "check")
    assert document["exit_code"] == ran.code
    assert ran.stderr == ""


def test_a_snapshot_gives_the_same_findings_as_the_machine(envdoc: Run, tmp_path: Path) -> None:
    file = tmp_path / "machine.json"
    assert envdoc("snapshot", "-o", str(file)).code == 0
    here = validated(envdoc("check", "--format", "json").stdout, "check")
    there = validated(envdoc("check", "--format", "json", "--machine", str(file)).stdout, "check")
    codes = [[(f["code"], f["severity"]) for f in document["findings"]] for document in (here, there)]
    statuses = [[(c["id"], c["status"]) for c in document["checks"]] for document in (here, there)]
    assert codes[0] == codes[1]
    assert statuses[0] == statuses[1]


def test_resolve_says_what_fits(envdoc: Run) -> None:
    argv = ("resolve", "--gpu", "RTX 5060 Ti", "--driver", "576.02", "--os", "windows", "--format", "json")
    document = validated(envdoc(*argv).stdout, "resolve")
    resolution = document["resolution"]
    assert (resolution["profile"], resolution["cuda"], resolution["python"]) == ("rtx50-cu128", "cu128", "3.12")
    assert resolution["packages"]["torch"]["version"] == "2.7.1+cu128"
    assert resolution["packages"]["torch"]["source"] == "pytorch"
    assert {step["kind"] for step in document["plan"]} >= {"ProvidePython", "InstallPackages", "Prove"}


@pytest.mark.parametrize("name", ["Qwen/Qwen2.5-7B-Instruct", "nobody/Nothing-7B", "."])
def test_resolve_for_a_model_says_what_it_needs(envdoc: Run, name: str) -> None:
    ran = envdoc("resolve", "--gpu", "RTX 3090", "--os", "linux", "--for-model", name, "--format", "json")
    document = validated(ran.stdout, "resolve")
    assert document["model"]["seen"]["name"] == name
    assert [line["part"] for line in document["model"]["lines"]] == ["transformers", "template"]
    assert "model-not-checked" in [finding["code"] for finding in document["findings"]]


def test_the_methods_of_a_machine(envdoc: Run) -> None:
    document = validated(envdoc("methods", "--machine", str(MACHINES[0]), "--format", "json").stdout, "methods")
    assert {each["kind"] for each in document["methods"]} >= {"quantization", "attention", "sharding"}
    assert all(each["reasons"] for each in document["methods"] if each["works"] is not True)


def test_what_builds_need(envdoc: Run) -> None:
    ran = envdoc("tools", "--format", "json")
    document = validated(ran.stdout, "tools")
    assert document["exit_code"] == ran.code == 0
    every = {each["name"]: each for each in document["tools"]}
    assert {"cmake", "ninja", "git", "compiler", "cuda-toolkit"} <= set(every)
    assert all(each["version"] for each in every.values() if each["state"] == "here")
    assert all(
        each["commands"] for each in every.values() if each["state"] == "absent" and each["name"] != "cuda-toolkit"
    )


def test_many_snapshots(envdoc: Run, tmp_path: Path) -> None:
    for number, path in enumerate(MACHINES[:3]):
        (tmp_path / f"{number}.json").write_bytes(path.read_bytes())
    (tmp_path / "no.json").write_text("{")
    ran = envdoc("diff", "--many", str(tmp_path), "--format", "json")
    document = validated(ran.stdout, "diff-many")
    assert (ran.code, document["exit_code"], len(document["groups"]), len(document["unread"])) == (1, 1, 3, 1)
    assert envdoc("diff", "--many", str(tmp_path), str(MACHINES[0])).code == 2
    assert envdoc("diff").code == 2


def test_hosts_that_do_not_answer(envdoc: Run, tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("nobody.invalid\n")
    ran = envdoc("check", "--hosts", str(tmp_path / "hosts"), "--format", "json")
    if "ssh: not found" in ran.stdout:
        pytest.skip("no ssh on this machine")
    document = validated(ran.stdout, "check-hosts")
    assert (ran.code, [each["code"] for each in document["findings"]]) == (1, ["host-unreachable"])
    assert envdoc("check", "--hosts", "x", "--profile", "cpu").code == 2
    assert envdoc("check", "--have", "x").code == 2


def test_files_for_ansible(envdoc: Run, tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("a slots=8\nb slots=8\n")
    ran = envdoc("hosts", str(tmp_path / "hosts"), "-o", str(tmp_path / "out"))
    assert (ran.code, ran.stderr) == (0, "")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "collect.yml",
        "envdoc.fact",
        "inventory.yml",
    ]
    assert envdoc("hosts", str(tmp_path / "hosts"), "-o", str(tmp_path / "out")).code == 2


def test_resolve_says_why_nothing_fits(envdoc: Run) -> None:
    ran = envdoc("resolve", "--gpu", "Tesla K80", "--driver", "440.33.01", "--os", "linux", "--format", "json")
    document = validated(ran.stdout, "resolve")
    assert ran.code == 1
    assert document["resolution"]["cuda"] is None
    assert document["findings"]


def test_a_choice_without_a_profile_says_so_and_ends_well(envdoc: Run) -> None:
    """No profile is for a K80, but torch was published for it."""
    ran = envdoc("resolve", "--gpu", "Tesla K80", "--driver", "470.82", "--os", "linux", "--format", "json")
    document = validated(ran.stdout, "resolve")
    assert (ran.code, document["resolution"]["profile"], document["resolution"]["cuda"]) == (0, "bare", "cu118")
    assert document["resolution"]["packages"]["torch"]["source"] == "pytorch"
    assert [(each["code"], each["severity"]) for each in document["findings"]] == [("bare-choice", "warning")]
    text = envdoc("resolve", "--gpu", "Tesla K80", "--driver", "470.82", "--os", "linux")
    assert "no profile fits" in text.stdout
    assert "Next: envdoc install --profile auto" in text.stdout


def test_facts_carry_source_and_date(envdoc: Run) -> None:
    names = validated(envdoc("facts", "--format", "json").stdout, "facts")["tables"]
    for name in names:
        rows = validated(envdoc("facts", name, "--format", "json").stdout, "facts")["facts"][name]
        assert rows, name


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["check", "--profile", "nope", "--format", "json"], "usage"),
        (["check", "--machine", "nowhere.json", "--format", "json"], "bad-data"),
        (["resolve", "--gpu", "RTX 9999", "--format", "json"], "usage"),
    ],
)
def test_errors_are_documents_too(envdoc: Run, argv: list[str], code: str) -> None:
    ran = envdoc(*argv)
    document = validated(ran.stdout, "error")
    assert document["exit_code"] == ran.code == 2
    assert ran.stderr.startswith("error: ")
    assert document["findings"][0]["code"] == code


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "expected an object"),
        ('{"schema": 99, "os": {}}', "schema 99"),
        ('{"os": {"system": "linux", "arch": 3}}', "machine.os.arch"),
    ],
)
def test_an_unreadable_snapshot_is_one_clear_error(envdoc: Run, tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "machine.json"
    file.write_text(text, encoding="utf-8")
    ran = envdoc("check", "--machine", str(file))
    assert ran.code == 2
    assert told in ran.stderr
    assert "hint: " in ran.stderr
