"""The scripts that start `ranks.py` on Windows: one for cmd, one for PowerShell. Pure texts.

They go to their own folder first, so that a training file's relative paths hold, and end with the launcher's exit
code. cmd reads a script in the console's code page: it is switched to UTF-8 for the names that follow. PowerShell 5
takes a file without a byte order mark for the system's code page: write its script as UTF-8 with one
(`encoding="utf-8-sig"`).
"""

from __future__ import annotations

_CMD = """\
@echo off
chcp 65001 >nul
cd /d "%~dp0"
{python} "%~dp0ranks.py" --ranks {ranks} --llamafactory {file} %*
exit /b %errorlevel%
"""
_POWERSHELL = """\
Set-Location -LiteralPath $PSScriptRoot
& {python} (Join-Path $PSScriptRoot 'ranks.py') --ranks {ranks} --llamafactory {file} @args
exit $LASTEXITCODE
"""


def cmd(python: str, ranks: int, file: str) -> str:
    """The `.cmd` script, with the line ends that cmd needs for its labels."""
    text = _CMD.format(python=_batch_word(python), ranks=ranks, file=_batch_word(file))
    return text.replace("\n", "\r\n")


def powershell(python: str, ranks: int, file: str) -> str:
    """The `.ps1` script."""
    return _POWERSHELL.format(python=_single(python), ranks=ranks, file=_single(file))


def _batch_word(path: str) -> str:
    """A path as one word of a batch file, where `%` is doubled. No path holds a double quote."""
    return '"' + path.replace("%", "%%") + '"'


def _single(path: str) -> str:
    """PowerShell's text that means only itself; each of its quotes is doubled, the curly ones too."""
    doubled = "".join(sign * 2 if sign in "'‘’‚‛" else sign for sign in path)
    return f"'{doubled}'"
