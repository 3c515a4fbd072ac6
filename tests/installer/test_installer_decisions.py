"""Single decisions of the installer, each by a case on which it alone makes the difference."""

from __future__ import annotations

from pathlib import Path

import pytest

from envdoc.installer.guard import is_conda_base
from envdoc.installer.journal import DONE, Entry, done_steps

WANTED = (("python", "a"), ("torch", "b"))


@pytest.mark.parametrize(
    ("folders", "base"),
    [
        (("conda-meta",), False),
        (("conda-meta", "condabin"), True),
        (("conda-meta", "pkgs"), True),  # an old or damaged base: its packages' cache is there all the same
        (("condabin", "pkgs"), False),
    ],
)
def test_a_conda_installation_itself_is_told_from_its_environments(
    folders: tuple[str, ...], base: bool, tmp_path: Path
) -> None:
    for name in folders:
        (tmp_path / name).mkdir()
    assert is_conda_base(tmp_path) is base


@pytest.mark.parametrize(
    ("order", "done"), [(("python", "torch"), 2), (("python", "torch", "python"), 1), (("torch", "python"), 1)]
)
def test_a_step_counts_only_after_the_one_before_it(order: tuple[str, ...], done: int) -> None:
    """Where an earlier step was done anew, the later ones stand on what is no longer there."""
    prints = dict(WANTED)
    assert done_steps([Entry(DONE, step, prints[step]) for step in order], WANTED) == done
