"""envdoc and the real LLaMA-Factory agree about every planted data set.

`recorded.json` is what LLaMA-Factory's own loader did with the cases (`real_loader.py` wrote it); the test marked
`real` runs it anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from envdoc.host.local import LocalHost
from envdoc.model.finding import Severity
from envdoc.training.data.check import Checked, check
from envdoc.training.data.effects import DROPPING, EFFECTS
from envdoc.training.data.values import Effect

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from cases import CASES, Case  # noqa: E402

RECORDED: dict[str, Any] = json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))


def judged(case: Case, folder: Path) -> Checked:
    case.write(folder)
    return check(LocalHost(), str(folder), ["x"])


def severe(checked: Checked) -> list[str]:
    return sorted(each.code for each in checked.every if each.severity is not Severity.INFO)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_envdoc_finds_what_is_planted_and_nothing_else(case: Case, tmp_path: Path) -> None:
    assert severe(judged(case, tmp_path)) == sorted(case.codes)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_release_does_what_envdoc_says(case: Case, tmp_path: Path) -> None:
    agree(judged(case, tmp_path), RECORDED["cases"][case.id], case)


def agree(checked: Checked, real: dict[str, Any], case: Case) -> None:
    """Errors fail, dropped records are gone, silent changes show, and the rest runs whole."""
    errors = [each.code for each in checked.every if each.severity is Severity.ERROR]
    assert (real["outcome"] == "fails") == bool(errors), (errors, real)
    if errors:
        return
    dataset = checked.datasets[0]
    dropped = sum(int(dict(each.values)["count"]) for each in dataset.findings if each.code in DROPPING)
    assert real["kept"] == dataset.records - dropped
    texts = "\n".join(real["texts"])
    assert case.shows in texts
    assert not case.hides or case.hides not in texts


def test_the_table_is_large_and_covers_every_code_about_records() -> None:
    assert set(RECORDED["cases"]) == {case.id for case in CASES}
    assert RECORDED["versions"]["llamafactory"] == "0.9.5"
    covered = {code for case in CASES for code in case.codes}
    # these need no planted record: a finding about remote data, a folder without the file, sizes, the machine
    apart = {"data-info-missing", "data-remote", "data-record-huge", "data-not-checked", "data-duplicates"}
    assert set(EFFECTS) - covered - apart == {"data-entry-sources"}
    assert len(CASES) >= 150


def test_what_fails_is_an_error_and_nothing_else_is() -> None:
    from envdoc.findings import entry

    for code, effect in EFFECTS.items():
        assert (entry(code).severity is Severity.ERROR) == effect.value.startswith("fails"), code
        assert (entry(code).severity is Severity.INFO) <= (effect is Effect.NONE), code


@pytest.mark.real
def test_the_real_loader_says_what_was_recorded(tmp_path: Path) -> None:
    """Minutes. ENVDOC_LLAMAFACTORY_PYTHON names a Python that has LLaMA-Factory 0.9.5; else one is made."""
    python = os.environ.get("ENVDOC_LLAMAFACTORY_PYTHON") or _installed(tmp_path / "env")
    done = subprocess.run([python, str(HERE / "real_loader.py")], capture_output=True, check=True, text=True)
    real = json.loads(done.stdout)["cases"]
    for case in CASES:
        folder = tmp_path / case.id
        folder.mkdir()
        agree(judged(case, folder), real[case.id], case)
        recorded = RECORDED["cases"][case.id]
        assert real[case.id]["outcome"] == recorded["outcome"], case.id
        assert real[case.id].get("texts") == recorded.get("texts"), case.id


def _installed(folder: Path) -> str:
    import uv

    python = str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    subprocess.run([uv.find_uv_bin(), "venv", "-q", "-p", sys.executable, str(folder)], check=True)
    wanted = ["llamafactory==0.9.5", "transformers==5.5.4", "datasets==4.0.0"]
    subprocess.run([uv.find_uv_bin(), "pip", "install", "-q", "--python", python, *wanted], check=True)
    return python


def test_the_reference_page_is_up_to_date() -> None:
    tool = HERE.parents[2] / "tools" / "list_data_findings.py"
    assert subprocess.run([sys.executable, str(tool), "--check"], check=False).returncode == 0
