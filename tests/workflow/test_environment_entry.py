"""`envdoc env`: what stands in `variables.json` is data, damaged or hostile."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from envdoc.errors import DataError
from envdoc.host.local import LocalHost
from envdoc.model.finding import Shell
from envdoc.model.machine import System
from envdoc.workflow import environment
from envdoc.workflow.environment import entry


def made(tmp_path: Path, text: str) -> str:
    (tmp_path / ".envdoc").mkdir()
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (tmp_path / ".envdoc" / "variables.json").write_text(text)
    return str(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1]",
        "null",
        "3",
        '{"A": 1}',
        '{"A": null}',
        '{"A": ["x"]}',
        '{"A B": "x"}',
        '{"A$(touch x)": "1"}',
        '{"": "1"}',
        '{"A": "x\\ny"}',
        '{"A": "\\u0000"}',
        "[" * 100_000,
        '{"A": ' + "9" * 5000 + "}",
        '{"A": NaN}',
        "\x00\xff",
    ],
)
def test_a_damaged_file_is_bad_data_with_a_remedy(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError) as caught:
        entry(LocalHost(), made(tmp_path, text))
    assert "variables.json" in caught.value.message
    assert "envdoc install" in caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="bash")
def test_what_bash_evaluates_sets_the_value_and_runs_nothing(tmp_path: Path) -> None:
    values = {"A": "$(touch ran)", "B": "`touch ran`; touch ran", "C": 'it\'s "quoted" $HOME', "D": ""}
    lines = entry(LocalHost(), made(tmp_path, json.dumps(values))).lines[Shell.BASH][:-1]
    script = "\n".join((*lines, 'printf "%s|" "$A" "$B" "$C" "$D"'))
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout == "|".join(values.values()) + "|"
    assert not (tmp_path / "ran").exists()


def test_a_secret_is_left_out_by_name(tmp_path: Path) -> None:
    values = {"HF_TOKEN": "abcdef1", "HF_ENDPOINT": "https://me:pw1@h.example", "HF_HOME": "/x"}
    found = entry(LocalHost(), made(tmp_path, json.dumps(values)))
    assert (found.variables, found.left_out) == ({"HF_HOME": "/x"}, ("HF_ENDPOINT", "HF_TOKEN"))


@pytest.mark.skipif(sys.platform == "win32", reason="bash")
def test_programs_beside_the_environments_own_are_found(tmp_path: Path) -> None:
    made(tmp_path, "{}")
    program = tmp_path / "llama.cpp" / "bin" / "llama-bench"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho benched\n", encoding="utf-8")
    program.chmod(0o755)
    *_, line = entry(LocalHost(), str(tmp_path)).lines[Shell.BASH]
    done = subprocess.run(["bash", "-c", f"{line}\nllama-bench"], capture_output=True, text=True, check=True)
    assert done.stdout == "benched\n"


def test_windows_has_three_shells() -> None:
    """cmd, PowerShell, and the bash that Git brings, which takes drives as `C:/`."""
    told = environment._lines(System.WINDOWS, r"C:\my env", {"HF_HOME": r"D:\a & b"}, ())
    assert told == {
        Shell.CMD: (r'set "HF_HOME=D:\a & b"', r'call "C:\my env\Scripts\activate.bat"'),
        Shell.POWERSHELL: (r"$env:HF_HOME = 'D:\a & b'", r"& 'C:\my env\Scripts\Activate.ps1'"),
        Shell.BASH: (r"export HF_HOME='D:\a & b'", ". 'C:/my env/Scripts/activate'"),
    }
