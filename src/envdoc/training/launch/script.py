"""The scripts: for bash, cmd and PowerShell. Every value goes through the one place that quotes."""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.errors import UsageError
from envdoc.model.finding import Shell
from envdoc.model.launch import LaunchWish
from envdoc.model.machine import System
from envdoc.rules import quoting
from envdoc.training.launch.body import Var, Word, variables
from envdoc.training.launch.preamble import preamble

_BASH = """\
#!/usr/bin/env bash
# Start it in the folder from which the training file's paths hold.
set -euo pipefail
"""
# cmd reads a script in the console's code page: it is switched to UTF-8 for the names that follow.
_CMD = """\
@echo off
setlocal
rem Start it in the folder from which the training file's paths hold.
chcp 65001 >nul
{sets}{line}
exit /b %errorlevel%
"""
_POWERSHELL = """\
# Start it in the folder from which the training file's paths hold.
{sets}{line}
exit $LASTEXITCODE
"""
NAMES = {Shell.BASH: "launch.sh", Shell.CMD: "launch.cmd", Shell.POWERSHELL: "launch.ps1"}
_FIRST_GPU = {
    Shell.CMD: 'if not defined CUDA_VISIBLE_DEVICES set "CUDA_VISIBLE_DEVICES=0"\n',
    Shell.POWERSHELL: "if (-not $env:CUDA_VISIBLE_DEVICES) { $env:CUDA_VISIBLE_DEVICES = '0' }\n",
}


def script(wish: LaunchWish, words: Iterable[Word]) -> str:
    """The script that starts the ranks of one machine and ends with the launcher's exit code.

    Raises:
        UsageError: a value that the shell cannot take safely.
    """
    listed = tuple(words)
    if wish.shell is Shell.BASH:
        sets = "".join(f"export {name}={_bash(value)}\n" for name, value in variables(wish).items())
        return f"{_BASH}{preamble(wish)}{sets}{' '.join(_bash(word) for word in listed)}\n"
    sets = _FIRST_GPU[wish.shell] if wish.gpus == 1 else ""
    told = tuple(str(word) for word in listed)
    if wish.shell is Shell.CMD:
        return _CMD.format(sets=sets, line=" ".join(_batch(word) for word in told))
    return _POWERSHELL.format(sets=sets, line=paste(wish.shell, *told))


def paste(shell: Shell, *words: str) -> str:
    """A line for a shell.

    Raises:
        UsageError: a value that the shell cannot take safely.
    """
    lines = quoting.line(shell, *words)
    if not lines:
        raise _refused(shell, next(word for word in words if not quoting.line(shell, word)))
    return lines[0]


def _batch(word: str) -> str:
    quoted = quoting.batch(word)
    if quoted is None:
        raise _refused(Shell.CMD, word)
    return quoted


def _refused(shell: Shell, word: str) -> UsageError:
    hint = "give the file a path without such signs, or another `--shell`"
    return UsageError(f"no line for {shell.value} can hold the value {word!r}", hint=hint)


def _bash(word: Word) -> str:
    return f'"${word.name}"' if isinstance(word, Var) else paste(Shell.BASH, word)


def system(wish: LaunchWish) -> System:
    """The system that the script is for."""
    return System.WINDOWS if wish.windows else System.LINUX
