"""An environment that somebody entered or named: without a Python nothing works in it; a whole one is proved next."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cli_runner import process

import links


@pytest.mark.parametrize("left", ["nothing", "a folder", pytest.param("a link", marks=links.NEEDED)])
def test_an_active_environment_without_a_python_is_an_error(tmp_path: Path, left: str) -> None:
    gone = tmp_path / "train"
    if left != "nothing":
        (gone / "bin").mkdir(parents=True)
    if left == "a link":
        (gone / "bin" / "python").symlink_to("/no/such/python3.12")
    argv = ("check", "--profile", "cpu", "--only", "python-found")
    ran = process(*argv, env={"VIRTUAL_ENV": str(gone), "CONDA_PREFIX": "", "COLUMNS": ""})
    assert ran.returncode == 1
    assert f"{gone} (active virtual environment): it has no Python" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "Next: envdoc install --profile cpu"


@pytest.mark.parametrize("option", ["--env", "--python"])
def test_the_next_line_proves_the_environment_that_was_named(option: str) -> None:
    named = sys.prefix if option == "--env" else sys.executable
    ran = process("check", "--profile", "cpu", "--only", "python-found", option, named)
    told = ran.stdout.splitlines()[-1]
    assert told.startswith("Next: envdoc smoke --python ")
    assert Path(told.split()[-1]).parent == Path(sys.executable).parent


def test_a_machine_without_any_python_is_none() -> None:
    """Nothing was to be judged yet, and the next line brings one."""
    ran = process("check", "--profile", "cpu", "--only", "python-found", env={"PATH": "", "VIRTUAL_ENV": ""})
    assert ("python-missing" in ran.stdout, ran.returncode) == (True, 0)
