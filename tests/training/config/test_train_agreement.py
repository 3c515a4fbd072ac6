"""Where envdoc reports an error the real LLaMA-Factory fails, where it warns it misbehaves as said, where it is
silent it runs: 286 planted mistakes and right files, each run through LLaMA-Factory 0.9.5 itself."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import agreement_driver
import pytest
import yaml
from agreement_machine import HERE, recorded

from envdoc.host.local import LocalHost
from envdoc.model.finding import CheckStatus, Finding, Severity
from envdoc.model.machine import Machine
from envdoc.model.value import replace
from envdoc.training.config import CHECKS, judge, load

CASES = yaml.safe_load((HERE / "agreement_cases.yaml").read_text(encoding="utf-8"))
BY_ID = {case["id"]: case for case in CASES["cases"]}
CODES = {check.id: set(check.codes) for check in CHECKS}
EFFECTS = {"at-once": "fails", "later": "fails", "other": "runs", "ignored": "runs"}


def findings_of(case: dict[str, Any], work: Path, machine: Machine) -> tuple[Finding, ...]:
    output = work / "out" / case["id"]
    for name, text in case.get("files", {}).items():
        output.mkdir(parents=True, exist_ok=True)
        (output / name).write_text(text, encoding="utf-8")
    told = agreement_driver.arguments(work, CASES["base"], case, output)
    path = told[0] if len(told) == 1 else "llamafactory-cli train " + shlex.join(told)
    here = replace(machine, env=case.get("variables", {}))
    results = judge(load(LocalHost(), path, here))
    crashed = [result for result in results if result.status is CheckStatus.CRASH]
    assert not crashed
    for result in results:
        assert {finding.code for finding in result.findings} <= CODES[result.id]
    return tuple(finding for result in results for finding in result.findings)


@pytest.mark.parametrize("name", BY_ID)
def test_envdoc_agrees_with_the_recording(name: str, work: Path, machine: Machine) -> None:
    case, outcome = BY_ID[name], recorded()["outcomes"][name]
    found = findings_of(case, work, machine)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    weighty = [finding for finding in found if finding.severity is not Severity.INFO]
    assert {finding.code for finding in weighty} == set(case.get("expect", ()))
    if outcome["outcome"] == "fails":
        assert errors
        assert _effect_fits(errors, outcome["stage"])
    elif case.get("silent"):
        assert weighty
        assert all(EFFECTS[finding.evidence[0].name] == "runs" for finding in weighty)
    else:
        assert not weighty


def _effect_fits(errors: list[Finding], stage: str) -> bool:
    """Whether what stops it first is said to stop it then. An error in the file comes before all others."""
    effects = {getattr(finding.evidence[0], "name", "") for finding in errors}
    return ("at-once" in effects) if stage in ("read", "parse") else ("later" in effects and "at-once" not in effects)


def test_no_mistake_is_planted_without_its_outcome() -> None:
    assert set(recorded()["outcomes"]) == set(BY_ID)
    assert len(BY_ID) >= 150
    assert sum(bool(case.get("silent")) for case in BY_ID.values()) >= 30


@pytest.mark.real
def test_the_real_program_does_what_was_recorded(tmp_path: Path) -> None:
    """Runs all cases again. ENVDOC_LLAMAFACTORY_PYTHON names a Python that has LLaMA-Factory; else one is made."""
    python = os.environ.get("ENVDOC_LLAMAFACTORY_PYTHON") or _environment(tmp_path)
    lib = tmp_path / "lib"
    lib.mkdir()
    tiny = HERE.parents[2] / "src/envdoc/smoke/lib/tiny_llama.py"
    for path in (tiny, HERE / "agreement_data.py"):
        (lib / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    cases, out = tmp_path / "cases.json", tmp_path / "out.json"
    cases.write_text(json.dumps(CASES), encoding="utf-8")
    driver = str(HERE / "agreement_driver.py")
    subprocess.run([python, driver, str(tmp_path), str(cases), str(out)], check=True, timeout=3600)
    now = json.loads(out.read_text(encoding="utf-8"))
    before: dict[str, Any] = recorded()["outcomes"]
    differ = {name: now[name] for name in before if _kind(now[name]) != _kind(before[name])}
    assert differ == {}


def _kind(outcome: dict[str, Any]) -> tuple[object, ...]:
    return outcome["outcome"], outcome.get("stage"), outcome.get("error", "").partition(":")[0], outcome.get("steps")


def _environment(tmp_path: Path) -> str:
    from uv import find_uv_bin

    folder = tmp_path / "environment"
    subprocess.run([find_uv_bin(), "venv", "-q", str(folder), "--python", sys.executable], check=True)
    python = str(folder / "bin" / "python")
    packages = recorded()["requirements"]
    subprocess.run([find_uv_bin(), "pip", "install", "-q", "--python", python, *packages], check=True)
    return python
