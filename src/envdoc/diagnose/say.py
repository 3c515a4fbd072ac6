"""A match in words: cause, evidence lines, and the remedy for this system's shells."""

from __future__ import annotations

import re

from envdoc.diagnose import remedies
from envdoc.diagnose.clean import shown
from envdoc.diagnose.logic import Case
from envdoc.diagnose.rank import severity
from envdoc.diagnose.remedies.builds import tables
from envdoc.diagnose.values import Match
from envdoc.model.finding import Command, Finding, Remediation, Severity, Shell
from envdoc.model.machine import System
from envdoc.rules import bitsandbytes
from envdoc.rules.quoting import is_bare, is_quiet

_LINES = 4  # evidence lines of one match
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SHELLS = {"any": Shell.ANY, "bash": Shell.BASH, "cmd": Shell.CMD, "powershell": Shell.POWERSHELL}


def finding(match: Match, follow_ups: list[Match], case: Case) -> Finding:
    """The finding of a match, with what follows from it as its last evidence."""
    values = values_of(match, case)
    rule = match.rule
    cause = match.cause or next((each for each in rule.causes if known_all(each, values)), rule.title)
    evidence = [f"line {line.number}: {shown(line.text, match.sighting.anchor)}" for line in match.evidence[:_LINES]]
    if match.times > len(match.evidence):
        evidence.append(f"the log says so {match.times} times")
    evidence += match.notes
    evidence += [_follow_up(each) for each in follow_ups[:6]]
    level = severity(match)
    return Finding(
        code=rule.code,
        severity=level,
        summary=fill(cause, values),
        evidence=tuple(dict.fromkeys(evidence)),
        remediation=remedy(match, case, values),
        links=tuple(dict.fromkeys((*rule.links, *((rule.source,) if rule.source.startswith("https://") else ())))),
        machine_broken=rule.machine_broken and level is Severity.ERROR,
    )


def _follow_up(match: Match) -> str:
    line = match.sighting.line
    return f"line {line.number}: {shown(line.text, match.sighting.anchor, 120)} (follows from it: {match.code})"


def values_of(match: Match, case: Case) -> dict[str, str]:
    """Placeholders of a rule's texts: its captures, then what is known."""
    known = case.known
    values = {
        "torch": known.torch,
        "torch_cuda": known.torch_cuda,
        "python": known.python,
        "driver": known.driver,
        "cuda_driver": known.cuda_driver,
        "toolkit": known.toolkit,
        "gpu": known.gpus[0] if known.gpus else "",
        "capability": known.capabilities[0] if known.capabilities else "",
        "fitting": bitsandbytes.best("", tables(case), python=known.python) if _asks(match) else "",
    }
    return {name: value for name, value in {**values, **match.captured}.items() if value}


def _asks(match: Match) -> bool:
    """Whether a command wants a bitsandbytes by the table."""
    return any("{fitting}" in each for given in match.rule.advice.commands.values() for each in given)


def known_all(text: str, values: dict[str, str]) -> bool:
    return all(name in values for name in _PLACEHOLDER.findall(text))


def fill(text: str, values: dict[str, str]) -> str:
    """The text with its placeholders filled; captured text is already cleaned and bounded."""
    return _PLACEHOLDER.sub(lambda found: shown(values.get(found[1], "?"), "", 160), text)


def remedy(match: Match, case: Case, values: dict[str, str]) -> Remediation:
    """Chosen by the tables where the rule names a chooser and enough is known, else the rule's own words."""
    advice = match.rule.advice
    if advice.choose:
        chosen = remedies.choose(advice.choose, match, case)
        if chosen is not None:
            text = (
                " ".join(each for each in (chosen.text, fill(advice.text, values)) if each)
                if not chosen.commands
                else chosen.text
            )
            return Remediation(text, chosen.commands)
    commands = [
        Command(filled, shell)
        for key, given in advice.commands.items()
        for shell in _shells(key, case.known.system)
        for command in given
        if known_all(command, values) and (filled := fill_command(command, values, case.known.system))
    ]
    return Remediation(fill(advice.text, values), tuple(commands))


def fill_command(command: str, values: dict[str, str], system: System) -> str:
    """A command to paste with its placeholders filled; "" where a value is no plain word for the system's shells, or
    inside the command's own double quotes (`"{wants}"`) means anything there. A log is hostile, a command is not."""

    filled = command
    for found in _PLACEHOLDER.finditer(command):
        value = values.get(found[1], "")
        quoted = command[: found.start()].count('"') % 2 == 1
        if len(value) > 160 or not (is_quiet if quoted else is_bare)(value, system):
            return ""
        filled = filled.replace(found[0], value)
    return filled


def _shells(key: str, system: System) -> tuple[Shell, ...]:
    """`linux` and `windows` stand for the shells there; other keys are shells."""
    if key == "linux":
        return () if system is System.WINDOWS else (Shell.BASH,)
    if key == "windows":
        return (Shell.ANY,) if system is System.WINDOWS else ()
    shell = _SHELLS[key]
    if shell is Shell.BASH and system is System.WINDOWS:
        return ()
    return () if shell in (Shell.CMD, Shell.POWERSHELL) and system is not System.WINDOWS else (shell,)
