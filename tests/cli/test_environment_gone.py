"""An environment that somebody entered or named and that has no Python: nothing works in it, and check says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runner import process


@pytest.mark.parametrize("left", ["nothing", "a folder", "a link that leads nowhere"])
def test_an_active_environment_without_a_python_is_an_error(tmp_path: Path, left: str) -> None:
    gone = tmp_path / "train"
    if left != "nothing":
        (gone / "bin").mkdir(parents=True)
    if left.startswith("a link"):
        (gone / "bin" / "python").symlink_to("/no/such/python3.12")
    argv = ("check", "--profile", "cpu", "--only", "python-found")
    ran = process(*argv, env={"VIRTUAL_ENV": str(gone), "CONDA_PREFIX": "", "COLUMNS": ""})
    assert ran.returncode == 1
    assert f"{gone} (active virtual environment): it has no Python" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "Next: envdoc install --profile cpu"


def test_a_machine_without_any_python_is_none() -> None:
    """Nothing was to be judged yet, and the next line brings one."""
    ran = process("check", "--profile", "cpu", "--only", "python-found", env={"PATH": "", "VIRTUAL_ENV": ""})
    assert ("python-missing" in ran.stdout, ran.returncode) == (True, 0)
