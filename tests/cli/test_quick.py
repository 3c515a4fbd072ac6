"""Plain command lines are read without typer, and mean what typer would make of them."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoc.cli import app, quick

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import plain_options

WORDS = st.sampled_from(["rtx40", "a b", "中文", "x=y", "12.0", "0"])


def options(command: str) -> st.SearchStrategy[list[str]]:
    table = quick.commands()[command]
    flags = st.sampled_from(sorted(name for name, each in table.items() if each["kind"] == "flag")).map(list_of)
    free = sorted(name for name, each in table.items() if each["kind"] != "flag" and "of" not in each)
    choices = [(name, value) for name, each in table.items() for value in each.get("of", ())]
    values = st.one_of(st.tuples(st.sampled_from(free), WORDS), st.sampled_from(choices))
    spaced, joined = values.map(list), values.map(lambda pair: [f"{pair[0]}={pair[1]}"])
    return st.lists(st.one_of(flags, spaced, joined), max_size=5).map(
        lambda parts: [each for part in parts for each in part]
    )


def list_of(word: str) -> list[str]:
    return [word]


def test_the_table_is_typers_own_definition() -> None:
    """After a change of options: `python tools/plain_options.py`."""
    assert Path(quick.TABLE).read_text(encoding="utf-8") == plain_options.written()
    assert {"check", "resolve", "install"} <= set(quick.commands())
    assert all(len(options) > 10 for options in quick.commands().values())


def test_without_its_table_typer_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(quick, "TABLE", str(tmp_path / "none.json"))
    quick.commands.cache_clear()
    try:
        assert quick.parse(["check"]) is None
    finally:
        quick.commands.cache_clear()


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
        name: str(value) if isinstance(value, StrEnum) else value
        for name, value in taken.items()
        if value not in (None, False, [])
    }


@pytest.mark.parametrize("command", sorted(quick.commands()))
def test_typer_reads_the_same(command: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(options(command))
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
        ["check", "--fix"],
        ["check", "--quiet=yes"],
        ["install", "--engine", "conda"],
        ["resolve", "--format", "junit"],
    ],
)
def test_anything_else_is_left_to_typer(argv: list[str]) -> None:
    assert quick.parse(argv) is None
