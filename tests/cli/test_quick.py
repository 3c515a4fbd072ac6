"""Plain command lines are read without typer, and mean what typer would make of them."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoc.cli import app, quick

WORDS = st.sampled_from(["rtx40", "a b", "中文", "x=y", "12.0", "0"])


def options(shape: quick.Shape) -> st.SearchStrategy[list[str]]:
    flags = st.sampled_from(sorted(shape.flags)).map(lambda flag: [flag])
    values = st.tuples(st.sampled_from(sorted({**shape.values, **shape.lists})), WORDS)
    spaced, joined = values.map(list), values.map(lambda pair: [f"{pair[0]}={pair[1]}"])
    forms = st.sampled_from(shape.forms).map(lambda form: ["--format", form])
    return st.lists(st.one_of(flags, spaced, joined, forms), max_size=5).map(
        lambda parts: [each for part in parts for each in part]
    )


def typer_reads(argv: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What typer hands to the command's `run`, without what is at its default."""
    taken: dict[str, Any] = {}

    def run(**arguments: Any) -> int:
        taken.update(arguments)
        return 0

    monkeypatch.setattr(f"envdoc.cli.{argv[0]}.run", run)
    with pytest.raises(SystemExit) as ended:
        app.build(argv)(args=argv, prog_name="envdoc")
    assert ended.value.code == 0
    return {
        name: str(value) if name == "form" else value
        for name, value in taken.items()
        if value not in (None, False, [])
    }


@pytest.mark.parametrize("command", quick.SHAPES)
def test_typer_reads_the_same(command: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(options(quick.SHAPES[command]))
    def holds(rest: list[str]) -> None:
        argv = [command, *rest]
        with pytest.MonkeyPatch.context() as patch:
            expected = typer_reads(argv, patch)
        mine = quick.parse(argv)
        assert mine is not None
        defaults = {"profile": "auto", "engine": "uv"} if command == "install" else {}
        assert {"form": "text", **defaults, **mine} == expected

    holds()


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["facts"],
        ["check", "--help"],
        ["check", "-h"],
        ["check", "--colour"],
        ["check", "--prof", "x"],
        ["check", "--profile"],
        ["check", "--profile="],
        ["check", "--profile", "--strict"],
        ["check", "--format", "yaml"],
        ["check", "-qv"],
        ["check", "word"],
        ["check", "--list"],
        ["resolve", "--format", "junit"],
    ],
)
def test_anything_else_is_left_to_typer(argv: list[str]) -> None:
    assert quick.parse(argv) is None


def test_a_check_imports_neither_typer_nor_rich_nor_a_parser(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    code = (
        "import sys; from envdoc.cli.app import run; before = set(sys.modules); "
        "run(['check', '--profile', 'cpu', '--env', sys.argv[1]]); "
        "heavy = {'typer', 'rich', 'inspect', 'dataclasses', 'packaging', 'requests'} - before; "
        "sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))"
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "env")]
    # an explicit environment: readline, which pytest imports, puts COLUMNS into the process's own
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True, env=dict(os.environ))
    assert done.stderr == ""
