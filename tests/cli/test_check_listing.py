"""`--listing` from the outside: one machine, several, none, and what cannot go with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cli_runner import Run

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "check.schema.json").read_text(encoding="utf-8"))
SAMPLES = ROOT / "tests" / "listing" / "samples"


def sample(name: str) -> str:
    return str(SAMPLES / name)


def document(text: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(text)
    jsonschema.validate(data, SCHEMA)
    return data


def test_a_cpu_build_beside_a_card_is_found(envdoc: Run) -> None:
    ran = envdoc("check", "--listing", sample("collect-env-windows-cpu.txt"))
    assert ran.code == 1
    assert "read from a listing: collect_env (lines 1 to 43)" in ran.stdout
    assert "torch-cpu-build: torch 2.6.0+cpu is a CPU build" in ran.stdout


def test_what_is_not_told_is_no_error_and_no_pass(envdoc: Run) -> None:
    data = document(envdoc("check", "--listing", sample("h200-smi.txt"), "--format", "json").stdout)
    assert data["exit_code"] == 0
    assert [each["code"] for each in data["findings"]] == ["listing-incomplete"]
    by_id = {each["id"]: each for each in data["checks"]}
    assert by_id["torch-build"]["status"] == "not-checked"
    assert by_id["variable-values"]["reason"] == "not in the listing"


def test_two_machines_are_named_apart(envdoc: Run) -> None:
    path = sample("together-two-machines.txt")
    text = envdoc("check", "--listing", path).stdout
    assert "machine 1 of 2 that the listing tells of" in text
    assert "machine 2 of 2 that the listing tells of" in text
    data = document(envdoc("check", "--listing", path, "--format", "json").stdout)
    assert [each["machine"]["os"]["system"] for each in data["machines"]] == ["windows", "linux"]
    assert envdoc("check", "--listing", path, "--format", "junit").code == 2
    assert "tells of 2 machines" in envdoc("resolve", "--listing", path).stderr


def test_a_typed_version_is_asked(envdoc: Run) -> None:
    ran = envdoc("check", "--listing", sample("damaged-smi-typed.txt"))
    assert "line 3, driver: `58O.l59.04`, is it `580.159.04`?" in ran.stdout


def test_resolve_takes_a_listing(envdoc: Run) -> None:
    ran = envdoc("resolve", "--listing", sample("collect-env-windows-cpu.txt"))
    assert ran.code == 0
    assert "NVIDIA GeForce RTX 5060 Ti (compute capability 12.0)" in ran.stdout


@pytest.mark.parametrize(
    "option", [("--machine", "m.json"), ("--env", "."), ("--python", "x"), ("--online",), ("--fresh",)]
)
def test_what_asks_elsewhere_is_refused(envdoc: Run, option: tuple[str, ...]) -> None:
    ran = envdoc("check", "--listing", sample("h200-smi.txt"), *option)
    assert (ran.code, ran.stdout) == (2, "")
    assert f"`{option[0]}` cannot be used here" in ran.stderr


def test_a_text_without_a_listing(envdoc: Run, tmp_path: Path) -> None:
    (tmp_path / "prose.txt").write_text("Hello,\nit does not work. What can I do?\n", encoding="utf-8")
    ran = envdoc("check", "--listing", str(tmp_path / "prose.txt"))
    assert ran.code == 2
    assert "no listing that envdoc knows is in it" in ran.stderr


def test_a_log_with_a_listing_is_judged(envdoc: Run, tmp_path: Path) -> None:
    log = (SAMPLES / "llamafactory-env-windows.txt").read_text(encoding="utf-8") + "\nIt hangs. Why?\n"
    (tmp_path / "issue.log").write_text(log, encoding="utf-8")
    assert "gpu-not-in-torch-build" in envdoc("diagnose", str(tmp_path / "issue.log")).stdout
