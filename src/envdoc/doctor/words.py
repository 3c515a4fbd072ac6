"""Small helpers to write findings: severities, commands per shell, quoting."""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.doctor.base import Outcome
from envdoc.model.finding import Command, Finding, Remediation, Severity, Shell
from envdoc.model.machine import System
from envdoc.rules import quoting
from envdoc.rules.masks import is_secret_name, mask


def finding(
    severity: Severity,
    code: str,
    summary: str,
    *,
    evidence: Iterable[str] = (),
    fix: str = "",
    commands: Iterable[Command] = (),
    links: Iterable[str] = (),
    broken: bool = False,
) -> Finding:
    """One finding; `fix` is the remedy in words, `commands` what to paste."""
    return Finding(
        code=code,
        severity=severity,
        summary=summary,
        evidence=tuple(part for part in evidence if part),
        remediation=Remediation(fix, tuple(commands)),
        links=tuple(links),
        machine_broken=broken,
    )


def passed(seen: str) -> Outcome:
    """Nothing to complain of; `seen` says what was looked at."""
    return Outcome(seen)


def found(*findings: Finding, seen: str = "", unseen: Iterable[str] = ()) -> Outcome:
    """The findings; without any, what was seen. `unseen` are the facts that could not be had."""
    return Outcome(seen, findings, tuple(unseen))


def run(command: str) -> tuple[Command, ...]:
    """One command without values, which reads the same in every shell."""
    return (Command(command),)


def per_shell(*, bash: str = "", cmd: str = "", powershell: str = "") -> tuple[Command, ...]:
    """The same thing for the shells that need it said differently."""
    pairs = ((bash, Shell.BASH), (cmd, Shell.CMD), (powershell, Shell.POWERSHELL))
    return tuple(Command(text, shell) for text, shell in pairs if text)


def set_variable(name: str, value: str, *, windows: bool) -> tuple[Command, ...]:
    """Set a variable for this terminal."""
    return quoting.set_variable(name, value, System.WINDOWS if windows else System.LINUX)


def unset_variable(name: str, *, windows: bool) -> tuple[Command, ...]:
    """Remove a variable from this terminal."""
    return quoting.unset_variable(name, System.WINDOWS if windows else System.LINUX)


def secret(name: str, value: str) -> bool:
    """Whether a variable's value must not be shown."""
    return is_secret_name(name) or mask(value) != value


def shown(name: str, value: str) -> str:
    """`NAME='value '` for evidence; the value of a secret is never shown."""
    return f"{name} is set (value hidden)" if secret(name, value) else f"{name}={value!r}"


def listed(items: Iterable[str]) -> str:
    """`a, b and c`."""
    every = list(items)
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} and {every[-1]}" if every else ""
