"""Values of a foreign machine never become code: what a shell makes of each word is what the value says."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoc.model.finding import Command, Shell
from envdoc.model.machine import System
from envdoc.rules import commands, quoting

HOSTILE = (
    "$(touch hit)", "`touch hit`", "%PATH%", "a & touch hit", "it's", '"; touch hit; "', "a b", "", "~", "~/x",
    "!x", "a!b", "\\", "C:\\a b\\", "C:\\Max & Moritz\\python.exe", "x\ntouch hit", "‘; touch hit #", "“x”", "-rf",
    "torch>=2.7,!=2.8", "$HOME", "a;b", "*", "[a-z]", "{a,b}", "<x", "机器/环境", "a\u202eb", "$env:X", "@(1)", "#x",
)  # fmt: skip
LINUX = "linux"


def _through_bash(line: str) -> list[str]:
    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True, timeout=20, cwd="/"
    )
    return done.stdout.decode().split("\0")[:-1]


needs_bash = pytest.mark.skipif(shutil.which("bash") is None or sys.platform == "win32", reason="there is no bash")


@needs_bash
@pytest.mark.parametrize("value", HOSTILE)
def test_bash_reads_the_value_back(value: str) -> None:
    lines = quoting.command("uv", value, system=System.LINUX)
    if not lines:
        assert quoting.bash(value) is None  # control characters: no line at all
        return
    (line,) = lines
    assert _through_bash(line.command) == ["uv", value]
    assert shlex.split(line.command) == ["uv", value]


@needs_bash
@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_bash_reads_any_text_back(value: str) -> None:
    for line in quoting.command("x", value, system=System.LINUX):
        assert _through_bash(line.command) == ["x", value]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("C:\\envs\\t\\python.exe", [(Shell.ANY, "uv C:\\envs\\t\\python.exe")]),
        ("C:\\Max Muster\\python.exe", [(Shell.ANY, 'uv "C:\\Max Muster\\python.exe"')]),
        ("C:\\Max & Moritz\\p.exe", [(Shell.ANY, 'uv "C:\\Max & Moritz\\p.exe"')]),
        ("%PATH%", [(Shell.POWERSHELL, "uv '%PATH%'")]),
        ("$(calc)", [(Shell.CMD, 'uv "$(calc)"'), (Shell.POWERSHELL, "uv '$(calc)'")]),
        ("`calc", [(Shell.CMD, 'uv "`calc"'), (Shell.POWERSHELL, "uv '`calc'")]),
        ('a"b', [(Shell.POWERSHELL, "uv 'a\"b'")]),
        ("it's $x", [(Shell.CMD, 'uv "it\'s $x"'), (Shell.POWERSHELL, "uv 'it''s $x'")]),
        ("‘$x", [(Shell.CMD, 'uv "‘$x"'), (Shell.POWERSHELL, "uv '‘‘$x'")]),
        ("C:\\$x\\", [(Shell.CMD, 'uv "C:\\$x\\\\"'), (Shell.POWERSHELL, "uv 'C:\\$x\\'")]),
        ("a\nb", []),
    ],
)  # fmt: skip
def test_windows_gets_one_line_or_one_a_shell(value: str, expected: list[tuple[Shell, str]]) -> None:
    assert quoting.command("uv", value, system=System.WINDOWS) == tuple(Command(text, sh) for sh, text in expected)


@pytest.mark.parametrize("value", ["a,b", "a=b"])
def test_what_parts_words_in_cmd_is_quoted_there(value: str) -> None:
    assert quoting.cmd(value) == f'"{value}"'


def test_a_quoted_program_is_called_in_powershell() -> None:
    lines = quoting.command("C:\\a $b\\python.exe", "-m", "pip", system=System.WINDOWS)
    assert [each.command for each in lines] == [
        '"C:\\a $b\\python.exe" -m pip',
        "& 'C:\\a $b\\python.exe' -m pip",
    ]


@pytest.mark.parametrize("name", ["X;touch hit", "X=1", "$(x)", "", "A B", "1X"])
def test_a_name_that_is_none_is_never_set(name: str) -> None:
    for system in System:
        assert quoting.set_variable(name, "1", system) == ()
        assert quoting.unset_variable(name, system) == ()


@needs_bash
@pytest.mark.parametrize("value", [each for each in HOSTILE if "\n" not in each and "\u202e" not in each])
def test_a_variable_holds_its_value(value: str) -> None:
    (line,) = quoting.set_variable("HF_HOME", value, System.LINUX)
    script = f'{line.command}; printf %s "$HF_HOME"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True, timeout=20, cwd="/")
    assert done.stdout.decode() == value


def test_a_name_that_is_an_option_makes_no_line() -> None:
    assert commands.install("/v/bin/python", ["--index-url=http://evil/"], system=System.LINUX) == ()
    assert commands.uninstall("/v/bin/python", ["-r"], system=System.LINUX) == ()
    assert commands.pip_install(["-e."], system=System.LINUX) == ()
    assert commands.install("--evil", ["torch"], system=System.LINUX) == ()


def test_what_is_damaged_is_named_to_come_again() -> None:
    packages = (("torch", "2.7.1+cu128"), ("torchvision", "0.22.1"))
    assert commands.torch_options(packages, "cu128") == (
        "--reinstall-package", "torchvision", "--index-url", "https://download.pytorch.org/whl/cu128",
    )  # fmt: skip
    assert commands.torch_options(packages, "cu128", again=True)[:2] == ("--reinstall-package", "torch")
