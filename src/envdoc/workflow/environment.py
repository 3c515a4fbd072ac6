"""`envdoc env`: the variables of an environment that envdoc made, and how each shell enters it."""

from __future__ import annotations

from typing import Any

from envdoc.errors import DataError, UsageError
from envdoc.host.base import Host
from envdoc.model.finding import Shell
from envdoc.model.jsontext import table
from envdoc.model.machine import System
from envdoc.model.patterns import pattern
from envdoc.model.value import dataclass, field
from envdoc.rules import quoting
from envdoc.rules.masks import is_secret, mask

_LARGEST = 1 << 18  # characters; the file holds some ten lines
_NAME = pattern(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


@dataclass(frozen=True, slots=True)
class Entry:
    """Variables to set and the lines that set them and enter the environment, by shell."""

    environment: str
    variables: dict[str, str] = field(default_factory=dict)
    lines: dict[Shell, tuple[str, ...]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()  # names of variables that hold a secret: no installation of ours sets one


def entry(host: Host, environment: str) -> Entry:
    """How to enter `environment`.

    Raises:
        UsageError: the folder holds no environment.
        DataError: its file of variables is damaged.
    """
    separator = "\\" if host.system is System.WINDOWS else "/"
    if not host.stat(f"{environment}{separator}pyvenv.cfg").known:
        raise UsageError(
            f"{environment}: no environment is there", hint="make one with `envdoc install --profile auto`"
        )
    root = host.realpath(environment)
    every = _variables(host, f"{root}{separator}.envdoc{separator}variables.json")
    variables = {name: value for name, value in every.items() if not _tells(name, value)}
    lines = _lines(host.system, root, variables, _programs(host, root, separator))
    return Entry(root, variables, lines, tuple(sorted(set(every) - set(variables))))


def _programs(host: Host, root: str, separator: str) -> tuple[str, ...]:
    """Folders of programs that steps have put beside the environment's own: llama.cpp's."""
    places = (separator.join((root, name, "bin")) for name in ("llama.cpp",))
    return tuple(each for each in places if host.stat(each).known)


def _variables(host: Host, path: str) -> dict[str, str]:
    text = host.read(path, limit=_LARGEST + 1)
    if text.value is None:
        return {}
    try:
        return _named(table(text.value[:_LARGEST]))
    except ValueError as error:
        raise DataError(
            f"{path} is damaged: {error}", hint="run the same `envdoc install` again: it writes the file anew"
        ) from error


def _named(data: dict[str, Any]) -> dict[str, str]:
    """The variables by name.

    Raises:
        ValueError: a name that no shell takes, or a value that is no text.
    """
    for name, value in data.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"`{name}` is no name of a variable")
        if not isinstance(value, str) or "\0" in value or "\n" in value:
            raise ValueError(f"the value of `{name}` is no line of text")
    return data


def _tells(name: str, value: str) -> bool:
    return is_secret(name, value) or mask(f"{name}={value}") != f"{name}={value}" or mask(value) != value


def _lines(
    system: System, root: str, variables: dict[str, str], programs: tuple[str, ...]
) -> dict[Shell, tuple[str, ...]]:
    systems = (system, System.LINUX) if system is System.WINDOWS else (system,)  # Git's bash quotes as bash does
    told = ((name, value, each) for each in systems for name, value in variables.items())
    every = [line for each in told for line in quoting.set_variable(*each)]
    last = [line for folder in programs for line in quoting.before_path(folder, system)]
    return {
        shell: (
            *(line.command for line in every if line.shell is shell),
            *entering,
            *(line.command for line in last if line.shell is shell),
        )
        for shell, entering in _entering(system, root).items()
    }


def _entering(system: System, root: str) -> dict[Shell, tuple[str, ...]]:
    if system is not System.WINDOWS:
        return {Shell.BASH: quoting.line(Shell.BASH, ".", f"{root}/bin/activate")}
    return {
        Shell.CMD: quoting.line(Shell.CMD, "call", f"{root}\\Scripts\\activate.bat"),
        Shell.POWERSHELL: quoting.line(Shell.POWERSHELL, f"{root}\\Scripts\\Activate.ps1"),
        Shell.BASH: quoting.line(Shell.BASH, ".", f"{root}\\Scripts\\activate".replace("\\", "/")),
    }
