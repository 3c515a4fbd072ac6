"""`envdoc env`: the variables of an environment that envdoc made, and how each shell enters it."""

from __future__ import annotations

import json

from envdoc.errors import UsageError
from envdoc.host.base import Host
from envdoc.model.finding import Shell
from envdoc.model.machine import System
from envdoc.model.value import dataclass, field
from envdoc.rules import quoting


@dataclass(frozen=True, slots=True)
class Entry:
    """Variables to set and the lines that set them and enter the environment, by shell."""

    environment: str
    variables: dict[str, str] = field(default_factory=dict)
    lines: dict[Shell, tuple[str, ...]] = field(default_factory=dict)


def entry(host: Host, environment: str) -> Entry:
    """How to enter `environment`.

    Raises:
        UsageError: the folder holds no environment.
    """
    separator = "\\" if host.system is System.WINDOWS else "/"
    if not host.stat(f"{environment}{separator}pyvenv.cfg").known:
        raise UsageError(
            f"{environment}: no environment is there", hint="make one with `envdoc install --profile auto`"
        )
    root = host.realpath(environment)
    variables = _variables(host, f"{root}{separator}.envdoc{separator}variables.json")
    return Entry(root, variables, _lines(host.system, root, variables))


def _variables(host: Host, path: str) -> dict[str, str]:
    text = host.read(path)
    data = json.loads(text.value) if text.value else {}
    return {str(name): str(value) for name, value in data.items()}


def _lines(system: System, root: str, variables: dict[str, str]) -> dict[Shell, tuple[str, ...]]:
    every = [line for name, value in variables.items() for line in quoting.set_variable(name, value, system)]
    return {
        shell: (*(line.command for line in every if line.shell is shell), *entering)
        for shell, entering in _entering(system, root).items()
    }


def _entering(system: System, root: str) -> dict[Shell, tuple[str, ...]]:
    if system is not System.WINDOWS:
        return {Shell.BASH: quoting.line(Shell.BASH, ".", f"{root}/bin/activate")}
    return {
        Shell.CMD: quoting.line(Shell.CMD, "call", f"{root}\\Scripts\\activate.bat"),
        Shell.POWERSHELL: quoting.line(Shell.POWERSHELL, f"{root}\\Scripts\\Activate.ps1"),
    }
