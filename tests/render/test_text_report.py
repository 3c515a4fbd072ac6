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
        CheckResult("gpu", "GPUs", CheckStatus.PASS, "1 GPU", 0.001, group="GPU"),
        CheckResult("health", "Health", CheckStatus.PASS, "well", 0.001, group="GPU"),
        CheckResult("torch", "torch has CUDA", CheckStatus.FAIL, "", 0.002, (FINDING,), "torch"),
        CheckResult("cover", "torch covers", CheckStatus.PASS, "sm_90", 0.002, group="torch"),
        CheckResult("cuinit", "cuInit", CheckStatus.NOT_CHECKED, "no libcuda", group="Driver", blind=True),
        CheckResult("profile", "Profile", CheckStatus.NOT_CHECKED, "none is named", group="Profile"),
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


def test_one_line_a_group_then_details_then_the_next_command() -> None:
    assert (
        _drawn(_report(System.LINUX))
        == f"""\
envdoc {__version__} judges Python 3.12.1 in /env (--env)
on Some OS x86_64
against the profile rtx40

✓ GPU      1 GPU (and 1 more)
✗ torch    torch-cpu-build
- Driver   not seen: no libcuda
- Profile  not checked: none is named
- not checked: 2 (`envdoc check -v` shows each check, and why)

✗ torch-cpu-build: torch 2.8.0+cpu has no CUDA
    torch/version.py says cuda = None
  → Install the CUDA build
    $ bash: uv pip install torch
    https://pytorch.org/get-started/locally/

1 error, 0 warnings, 3 passed, 2 not checked
Next: envdoc install --profile rtx40
"""
    )


def test_windows_gets_its_own_shells() -> None:
    text = _drawn(_report(System.WINDOWS), quiet=True)
    assert "cmd: uv pip install torch ^" in text
    assert "bash:" not in text
    assert "1 GPU" not in text


def test_what_could_not_be_looked_at_is_said() -> None:
    lines = _drawn(_report(System.LINUX), verbose=True).splitlines()
    assert lines[4:15] == [
        "GPU",
        "  ✓ GPUs    1 GPU  1.0 ms",
        "  ✓ Health  well  1.0 ms",
        "torch",
        "  ✗ torch has CUDA  torch-cpu-build  2.0 ms",
        "  ✓ torch covers    sm_90  2.0 ms",
        "Driver",
        "  - cuInit  not checked: no libcuda  0.0 ms",
        "Profile",
        "  - Profile  not checked: none is named  0.0 ms",
        "",
    ]


def test_quiet_leaves_out_what_is_well() -> None:
    lines = _drawn(_report(System.LINUX), quiet=True).splitlines()
    assert lines[4:7] == ["✗ torch   torch-cpu-build", "- Driver  not seen: no libcuda", ""]


def test_a_code_page_without_ticks_gets_words() -> None:
    text = _drawn(_report(System.LINUX), ascii_only=True)
    assert "ok GPU " in text
    assert "X torch " in text
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
