"""The text report, whole."""

from __future__ import annotations

import io

from rich.console import Console

from envdoc import __version__
from envdoc.model.facts import known
from envdoc.model.finding import (
    CheckResult,
    CheckStatus,
    Command,
    Finding,
    Remediation,
    Report,
    Severity,
    Shell,
)
from envdoc.model.machine import Machine, OperatingSystem, Python, PythonKind, System, Target, TargetKind
from envdoc.render.lines import Line, draw
from envdoc.render.text_report import report_lines

FINDING = Finding(
    "torch-cpu-build",
    Severity.ERROR,
    "torch 2.8.0+cpu has no CUDA",
    evidence=("torch/version.py says cuda = None",),
    remediation=Remediation(
        "Install the CUDA build",
        (Command("uv pip install torch", Shell.BASH), Command("uv pip install torch ^", Shell.CMD)),
    ),
    links=("https://pytorch.org/get-started/locally/",),
)


def _report(system: System) -> Report:
    machine = Machine(
        os=OperatingSystem(system, "x86_64", name=known("Some OS")),
        target=Target(TargetKind.VENV, "/env", "--env", known(Python("/env/bin/python", "3.12.1", PythonKind.VENV))),
    )
    checks = (
        CheckResult("gpu", "GPUs", CheckStatus.PASS, "1 GPU", 0.001),
        CheckResult("torch", "torch has CUDA", CheckStatus.FAIL, "", 0.002, (FINDING,)),
        CheckResult("cuinit", "cuInit", CheckStatus.NOT_CHECKED, "no libcuda"),
    )
    return Report(machine, checks, "rtx40", (Command("envdoc install --profile rtx40"),))


def _drawn(report: Report, *, ascii_only: bool = False, width: int = 80, **options: bool) -> str:
    out = io.StringIO()
    draw(
        Console(file=out, width=width, markup=False, highlight=False),
        report_lines(report, **options),
        ascii_only=ascii_only,
    )
    return out.getvalue()


def test_one_line_a_check_then_details_then_the_next_command() -> None:
    assert (
        _drawn(_report(System.LINUX))
        == f"""\
envdoc {__version__} judges Python 3.12.1 in /env (--env)
on Some OS x86_64
against the profile rtx40

✓ GPUs            1 GPU
✗ torch has CUDA  torch-cpu-build
- not checked: 1 (`envdoc check -v` says why)

✗ torch-cpu-build: torch 2.8.0+cpu has no CUDA
    torch/version.py says cuda = None
  → Install the CUDA build
    $ bash: uv pip install torch
    https://pytorch.org/get-started/locally/

1 error, 0 warnings, 1 passed, 1 not checked
Next: envdoc install --profile rtx40
"""
    )


def test_windows_gets_its_own_shells() -> None:
    text = _drawn(_report(System.WINDOWS), quiet=True)
    assert "cmd: uv pip install torch ^" in text
    assert "bash:" not in text
    assert "1 GPU" not in text


def test_what_could_not_be_looked_at_is_said() -> None:
    assert "- cuInit          not checked: no libcuda  0.0 ms" in _drawn(_report(System.LINUX), verbose=True)


def test_a_code_page_without_ticks_gets_words() -> None:
    text = _drawn(_report(System.LINUX), ascii_only=True)
    assert "ok GPUs" in text
    assert "X torch has CUDA" in text
    assert text.isascii()


def test_long_lines_wrap_and_commands_do_not() -> None:
    out = io.StringIO()
    lines = [Line("word " * 12, mark="warn"), Line("x" * 60, mark="command", fixed=True)]
    draw(Console(file=out, width=40, markup=False), lines, ascii_only=False)
    assert out.getvalue().splitlines() == [
        "! " + "word " * 6 + "word",
        "  word word word word word",
        "$ " + "x" * 60,
    ]


def test_control_characters_of_a_hostile_machine_are_neutralised() -> None:
    out = io.StringIO()
    draw(Console(file=out, width=80), [Line("name \x1b[31mred\x07")], ascii_only=False)
    assert out.getvalue() == "name \\x1b[31mred\\x07\n"
