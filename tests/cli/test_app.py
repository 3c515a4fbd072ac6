"""The frame around every command: help, errors, exit codes, start-up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import Run, process

from envdoc import __version__
from envdoc.cli.app import COMMANDS


def test_version_needs_nothing_else() -> None:
    code = "import sys; sys.argv = ['envdoc', '--version']; from envdoc.__main__ import main; main(); "
    code += "print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"envdoc {__version__}\n")
    assert not {"typer", "rich", "yaml", "envdoc.cli.app"} & set(
        json.loads(done.stdout.splitlines()[1].replace("'", '"'))
    )


def test_help_names_every_command_and_the_exit_codes(envdoc: Run) -> None:
    ran = envdoc("--help")
    assert ran.code == 0
    for name in COMMANDS:
        assert f"  {name} " in ran.stdout
    assert "75 the machine itself is broken" in " ".join(ran.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(envdoc: Run, name: str) -> None:
    ran = envdoc(name, "--help")
    assert (ran.code, ran.stderr) == (0, "")
    assert "Usage: envdoc" in ran.stdout


@pytest.mark.parametrize(
    "argv",
    [["chek"], ["check", "--colour"], ["check", "--format", "yaml"], ["resolve", "--driver"]],
)
def test_a_wrong_command_line_is_usage(envdoc: Run, argv: list[str]) -> None:
    ran = envdoc(*argv)
    assert ran.code == 2
    assert ran.stdout == ""
    assert "Error: " in ran.stderr


def test_also_a_usage_error_is_one_document_for_json(envdoc: Run) -> None:
    ran = envdoc("check", "--format", "json", "--colour")
    assert ran.code == 2
    assert json.loads(ran.stdout)["findings"][0]["code"] == "usage"


def test_an_error_has_a_hint_and_no_traceback(envdoc: Run) -> None:
    ran = envdoc("check", "--profile", "rtx50-cu129")
    assert ran.code == 2
    assert ran.stderr.startswith("error: ")
    assert "hint: " in ran.stderr
    assert "rtx50-cu128" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_bug_leaves_a_file_to_report(envdoc: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("envdoc.workflow.explain.codes", broken)
    ran = envdoc("explain", "--list")
    assert ran.code == 3
    assert "envdoc itself failed: RuntimeError: a mistake of ours" in ran.stderr
    path = ran.stderr.rsplit("file ", 1)[1].strip()
    assert "a mistake of ours" in Path(path).read_text(encoding="utf-8")
    Path(path).unlink()


def test_a_closed_pipe_is_no_error() -> None:
    argv = [sys.executable, "-m", "envdoc", "facts", "torch"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()  # before the first line is written
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


def test_output_follows_the_encoding(envdoc: Run) -> None:
    machine = Path(__file__).parents[1] / "machines" / "linux-h200-580.json"
    for encoding in ("cp1252", "gbk", "ascii", "utf-8"):
        ran = envdoc("check", "--machine", str(machine), encoding=encoding)
        assert ran.code == 0, ran.stderr
        assert "passed" in ran.stdout


def test_as_a_process_without_a_terminal() -> None:
    done = process("profiles", "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert "rtx50-cu128" in done.stdout
