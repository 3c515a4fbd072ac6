"""The commands that envdoc prints call it as it was called: `python -m envdoc` where that was the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from envdoc.cli import called
from envdoc.model.machine import System
from envdoc.render.lines import Line
from envdoc.rules import quoting

POSIX = [
    (["python3", "-m", "envdoc", "check"], "python3 -m envdoc"),
    (["/opt/my env/bin/python", "-X", "utf8", "-m", "envdoc"], '"/opt/my env/bin/python" -X utf8 -m envdoc'),
    (["/opt/envdoc/bin/envdoc", "check"], "envdoc"),
    (["python3", "-m", "pytest", "envdoc"], "envdoc"),
    (["python3", "-c", "main()"], "envdoc"),
    (["/opt/$(x)/python", "-m", "envdoc"], "envdoc"),
    (["-m", "envdoc"], "envdoc"),
]
WINDOWS = [
    ([r"C:\Python312\python.exe", "-m", "envdoc"], r"C:\Python312\python.exe -m envdoc"),
    ([r"C:\Program Files\Python312\python.exe", "-m", "envdoc"], "envdoc"),  # PowerShell takes no program in quotes
]


@pytest.mark.parametrize(
    ("system", "argv", "name"),
    [*((System.LINUX, *each) for each in POSIX), *((System.WINDOWS, *each) for each in WINDOWS)],
)
def test_the_words_before_the_command(
    system: System, argv: list[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quoting, "own_system", lambda: system)
    assert called.of(argv) == name


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (Line("envdoc check --fix", mark="command"), "py -m envdoc check --fix"),
        (Line("bash: envdoc env", mark="command"), "bash: py -m envdoc env"),
        (Line("Next: envdoc install", fixed=True), "Next: py -m envdoc install"),
        (Line("下一步：envdoc install", fixed=True), "下一步：py -m envdoc install"),
        (Line("see `envdoc check -v`"), "see `py -m envdoc check -v`"),
        (Line("envdoc 0.1.0 judges Python 3.12"), "envdoc 0.1.0 judges Python 3.12"),
        (Line("/opt/envdoc check", mark="command"), "/opt/envdoc check"),
        (Line("pip install envdoc-gpu", mark="command"), "pip install envdoc-gpu"),
    ],
)
def test_only_commands_change(line: Line, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(called, "name", lambda: "py -m envdoc")
    assert called.line(line).text == shown


def test_the_next_line_can_be_pasted_where_no_script_is_on_path(tmp_path: Path) -> None:
    """As after pip's `--user` on Windows, or a bundle's starter."""
    here = {name: value for name, value in os.environ.items() if name in ("SYSTEMROOT", "PYTHONPATH", "LANG")}
    env = {**here, "PATH": str(tmp_path), "HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}

    def run(command: list[str] | str) -> subprocess.CompletedProcess[str]:
        shell = isinstance(command, str)
        return subprocess.run(  # a shell: as whoever pastes it
            command, shell=shell, env=env, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
        )

    first = run([sys.executable, "-m", "envdoc", "check", "--profile", "rtx50-cu128"])
    told = next(line for line in first.stdout.splitlines() if line.startswith("Next: "))
    assert " -m envdoc " in told
    pasted = run(told.removeprefix("Next: ") + " --help")
    assert (pasted.returncode, pasted.stdout.split()[0]) == (0, "Usage:"), pasted.stderr
