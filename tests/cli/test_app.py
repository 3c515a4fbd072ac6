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


def test_alone_it_prints_its_help_and_ends_well(envdoc: Run) -> None:
    assert envdoc() == envdoc("--help")
    assert envdoc("profiles") == envdoc("profiles", "--help")
    assert envdoc("data") == envdoc("data", "--help")


# Bare, these do their work, or say what there is; all others need something.
BARE = {"check", "resolve", "install", "smoke", "facts", "snapshot", "report", "profiles", "data", "methods", "tools"}


@pytest.mark.parametrize("name", sorted({*COMMANDS} - BARE))
def test_a_command_that_needs_something_says_what(envdoc: Run, name: str) -> None:
    ran = envdoc(name)
    assert (ran.code, ran.stdout) == (2, "")
    _one_style(ran.stderr)
    assert "missing" in ran.stderr


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("wrong", [["--colour"], ["--format", "yaml"], ["--format"]])
def test_every_option_that_is_wrong_is_one_kind_of_error(envdoc: Run, name: str, wrong: list[str]) -> None:
    ran = envdoc(name, *wrong)
    assert (ran.code, ran.stdout) == (2, "")
    _one_style(ran.stderr)


@pytest.mark.parametrize(
    ("argv", "error", "hint"),
    [
        (["chek"], "no such command `chek`. Did you mean `check`?", "`envdoc --help` says what there is"),
        (["check", "--colour"], "no such option: --colour", "`envdoc check --help` says what there is"),
        (
            ["check", "--format", "yaml"],
            "invalid value for `--format`: `yaml` is not one of `text`, `json`, `markdown`, `junit`, `github`",
            "`envdoc check --help` says what there is",
        ),
        (
            ["resolve", "--driver"],
            "option `--driver` requires an argument",
            "`envdoc resolve --help` says what there is",
        ),
        (["check", "extra", "words"], "not understood: `extra words`", "`envdoc check --help` says what there is"),
        (["bundle"], "missing option `--os`: one of linux, windows", "`envdoc bundle --help` says what there is"),
        (["profiles", "show"], "missing argument `ID`", "`envdoc profiles show --help` says what there is"),
        (
            ["snapshot", "--onlin"],
            "no such option: --onlin",
            "near names: --online; `envdoc snapshot --help` says what there is",
        ),
    ],
)
def test_a_wrong_command_line_is_usage(envdoc: Run, argv: list[str], error: str, hint: str) -> None:
    ran = envdoc(*argv)
    assert (ran.code, ran.stdout, ran.stderr) == (2, "", f"error: {error}\nhint: {hint}\n")


def _one_style(stderr: str) -> None:
    first, second = stderr.splitlines()
    assert first.startswith("error: ")
    assert second.startswith("hint: ")


MACHINE = str(Path(__file__).parent.parent / "machines" / "win11-4090-610.json")


@pytest.mark.parametrize(
    ("argv", "option"),
    [
        (["--machine", MACHINE, "--env", "x"], "--env"),
        (["--machine", MACHINE, "--python", "x"], "--python"),
        (["--machine", MACHINE, "--online"], "--online"),
        (["--machine", MACHINE, "--fresh"], "--fresh"),
        (["--env", "x", "--python", "y"], "--python"),
        (["--dry-run"], "--dry-run"),
        (["--yes"], "--yes"),
        (["--fix", "--machine", MACHINE], "--machine"),
        (["--fix", "--only", "gpu-present"], "--only"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(envdoc: Run, argv: list[str], option: str) -> None:
    ran = envdoc("check", *argv)
    assert ran.code == 2
    assert ran.stderr.startswith(f"error: `{option}` cannot be used here\nhint: it ")


@pytest.mark.parametrize(
    "argv",
    [
        ["report", "--machine", MACHINE, "--env", "x"],
        ["report", "--env", "x", "--python", "y"],
        ["smoke", "--env", "x", "--python", "y"],
        ["snapshot", "--env", "x", "--python", "y"],
    ],
)
def test_other_commands_refuse_the_same(envdoc: Run, argv: list[str]) -> None:
    ran = envdoc(*argv)
    assert ran.code == 2
    assert ran.stderr.startswith(f"error: `{argv[-2]}` cannot be used here\nhint: it ")


@pytest.mark.parametrize("form", ["junit", "markdown", "github"])
def test_fix_has_no_other_forms(envdoc: Run, form: str) -> None:
    ran = envdoc("check", "--fix", "--format", form)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"error: `--fix` has no form `{form}`\n")


@pytest.mark.parametrize(
    "argv",
    [
        ["--only", "gpu-present", "--skip", "gpu-present"],
        ["--only", "windows-links", "--machine", str(Path(MACHINE).with_name("linux-t4-535.json"))],
        ["--require", "cuda-init", "--skip", "cuda-init"],
        ["--require", "no-such-check"],
    ],
)
def test_a_check_of_nothing_is_refused(envdoc: Run, argv: list[str]) -> None:
    ran = envdoc("check", *argv)
    assert (ran.code, ran.stdout) == (2, "")
    _one_style(ran.stderr)


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

    monkeypatch.setattr("envdoc.workflow.explain.listing", broken)
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
        assert process.stderr is not None
        process.stdout.close()  # before the first line is written
        err = process.stderr.read()
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
