"""Values as words of a command: for bash, cmd and PowerShell. The one place that quotes.

Values come from machines, logs, listings and profiles that may be anybody's; a line that is pasted must never run
what stands in one. What a shell cannot take safely has no word there (None), and no command is shown for it.

    bash        '...' closes on ' only                                      (shlex.quote)
    powershell  '...' closes on ' and its curly brothers, which are doubled
    cmd         "..." still expands %NAME%, and nothing escapes a " or a % in it: such values have no word
    batch       a script for cmd: as cmd, but `%%` is a `%`
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence

from envdoc.model.finding import Command, Shell
from envdoc.model.machine import System

# Patterns as texts: they are compiled when the first line is made.
_PLAIN = r"[A-Za-z0-9_./:@+=,-]+"  # a word of itself in every shell
_PLAIN_WINDOWS = r"[A-Za-z0-9_./:\\+=,-]+"
# In double quotes nothing of these means anything in bash (but `!`, unless `=` follows), cmd and PowerShell.
_QUIET = r"(?:[\w ./:@+=,<>~()\[\]{};&|*?#'^-]|!(?==))+"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
_CURLY = "(['\u2018\u2019\u201a\u201b])"


def bash(value: str) -> str | None:
    """One word of bash (and sh, zsh)."""
    if re.search(_CONTROL, value):
        return None
    import shlex

    return shlex.quote(value)


def powershell(value: str) -> str | None:
    """One word of PowerShell."""
    if re.search(_CONTROL, value):
        return None
    if re.fullmatch(_PLAIN_WINDOWS, value) and not value.startswith("-") and "," not in value:
        return value
    return value if _option(value) else _single(value)


def cmd(value: str) -> str | None:
    """One word of cmd for a program that reads its arguments as Microsoft's C library does."""
    if not _cmd_can(value):
        return None
    if re.fullmatch(_PLAIN_WINDOWS, value) and not any(sign in value for sign in ",="):
        return value
    if _option(value):
        return value
    ends = "\\" * (len(value) - len(value.rstrip("\\")))
    return f'"{value}{ends}"'  # a backslash before the closing quote would take it along


def batch(value: str) -> str | None:
    """One word of a script for cmd: there `%%` stands for `%`, which nothing does on a line that is typed. Without
    delayed expansion `!` means itself."""
    if re.search(_CONTROL, value) or '"' in value:
        return None
    if re.fullmatch(_PLAIN_WINDOWS, value) and not any(sign in value for sign in ",="):
        return value
    ends = "\\" * (len(value) - len(value.rstrip("\\")))
    return f'"{value}{ends}"'.replace("%", "%%")


def any_shell(value: str, system: System) -> str | None:
    """One word that reads the same in every shell of a system: bare, or in double quotes where those keep it."""
    windows = system is System.WINDOWS
    if re.fullmatch(_PLAIN_WINDOWS if windows else _PLAIN, value) and "," not in value:
        return value
    if value and re.fullmatch(_QUIET, value.replace("\\", "/") if windows else value) and not value.endswith("\\"):
        return f'"{value}"'
    return None


def is_bare(value: str, system: System) -> bool:
    """Whether a value may stand in a line as it is, in any shell of the system."""
    return any_shell(value, system) == value


def is_quiet(value: str, system: System) -> bool:
    """Whether a value may stand in a line between double quotes, in any shell of the system."""
    return not value or any_shell(value, system) is not None


def command(*words: str, system: System) -> tuple[Command, ...]:
    """A line to paste, of a program and its arguments: one for any shell where the values allow it, else one for
    each shell of the system that can take them. Nothing where none can."""
    universal = [any_shell(word, system) for word in words]
    if all(universal) and universal[0] == words[0]:
        return (Command(" ".join(word for word in universal if word)),)
    if system is not System.WINDOWS:
        return _line(words, bash, Shell.BASH)
    return (*_line(words, cmd, Shell.CMD), *_line(words, powershell, Shell.POWERSHELL))


def words(line: str, system: System) -> tuple[str, ...]:
    """The words of a line that `command` made for any shell, or for bash: to look at them, never to start them."""
    import shlex

    if system is not System.WINDOWS:
        return tuple(shlex.split(line))
    return tuple(word.strip('"') for word in shlex.split(line, posix=False))


def line(shell: Shell, *words: str) -> tuple[str, ...]:
    """A line for one shell; nothing where a word cannot stand there."""
    quote = {Shell.BASH: bash, Shell.CMD: cmd, Shell.POWERSHELL: powershell}[shell]
    return tuple(each.command for each in _line(words, quote, shell))


def set_variable(name: str, value: str, system: System) -> tuple[Command, ...]:
    """Set a variable in this terminal. cmd's quotes go around `NAME=value`, or a blank gets in."""
    if not re.fullmatch(_NAME, name):
        return ()
    if system is not System.WINDOWS:
        word = bash(value)
        return () if word is None else (Command(f"export {name}={word}", Shell.BASH),)
    lines = []
    if _cmd_can(value):
        lines.append(Command(f'set "{name}={value}"', Shell.CMD))
    if not re.search(_CONTROL, value):
        lines.append(Command(f"$env:{name} = {_single(value)}", Shell.POWERSHELL))
    return tuple(lines)


def before_path(folder: str, system: System) -> tuple[Command, ...]:
    """Put a folder before all others on this terminal's PATH."""
    if system is not System.WINDOWS:
        word = bash(folder)
        return () if word is None or ":" in folder else (Command(f'export PATH={word}:"$PATH"', Shell.BASH),)
    lines = []
    if _cmd_can(folder):
        lines.append(Command(f'set "PATH={folder};%PATH%"', Shell.CMD))
    if not re.search(_CONTROL, folder):
        lines.append(Command(f"$env:PATH = {_single(folder)} + ';' + $env:PATH", Shell.POWERSHELL))
    return tuple(lines)


def unset_variable(name: str, system: System) -> tuple[Command, ...]:
    """Remove a variable from this terminal."""
    if not re.fullmatch(_NAME, name):
        return ()
    if system is not System.WINDOWS:
        return (Command(f"unset {name}", Shell.BASH),)
    return (Command(f'set "{name}="', Shell.CMD), Command(f"Remove-Item Env:{name}", Shell.POWERSHELL))


def remove_folder(path: str, system: System) -> tuple[Command, ...]:
    """Delete a folder with all that is in it."""
    if system is not System.WINDOWS:
        return _line(("rm", "-r", "--", path), bash, Shell.BASH)
    return (
        *_line(("rmdir", "/s", "/q", path), cmd, Shell.CMD),
        *_line(("Remove-Item", "-Recurse", "-Force", "-LiteralPath", path), powershell, Shell.POWERSHELL),
    )


def own_system() -> System:
    """The system that this program runs on, for lines about its own files."""
    return {"win32": System.WINDOWS, "darwin": System.DARWIN}.get(sys.platform, System.LINUX)


def _single(value: str) -> str:
    doubled = re.sub(_CURLY, r"\1\1", value)
    return f"'{doubled}'"


def _cmd_can(value: str) -> bool:
    """Whether a value stands in cmd's double quotes as it is. `!` means something under delayed expansion."""
    return not re.search(_CONTROL, value) and not any(sign in value.replace("!=", "") for sign in '"%!')


def _option(value: str) -> bool:
    return re.fullmatch(r"-{1,2}[\w-]+", value, re.ASCII) is not None


def _line(words: Sequence[str], quote: Callable[[str], str | None], shell: Shell) -> tuple[Command, ...]:
    quoted = [quote(word) for word in words]
    if None in quoted:
        return ()
    joined = " ".join(word for word in quoted if word is not None)
    # PowerShell takes a quoted first word for a text, not for a program
    text = f"& {joined}" if shell is Shell.POWERSHELL and joined.startswith("'") else joined
    return (Command(text, shell),)
