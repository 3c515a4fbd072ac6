"""A match as a finding: its code's words, evidence lines, and the remedy for this system's shells."""

from __future__ import annotations

import re

from envdoc.diagnose import remedies
from envdoc.diagnose.clean import shown
from envdoc.diagnose.logic import Case
from envdoc.diagnose.rank import severity
from envdoc.diagnose.remedies.builds import tables
from envdoc.diagnose.values import Match, Rule
from envdoc.findings import entry, placeholders, text
from envdoc.findings import finding as of_code
from envdoc.model.finding import Command, Finding, Remediation, Shell
from envdoc.model.machine import System
from envdoc.model.text import Text, joined
from envdoc.model.value import replace
from envdoc.rules import bitsandbytes
from envdoc.rules.quoting import is_bare, is_quiet

_LINES = 4  # evidence lines of one match
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SHELLS = {"any": Shell.ANY, "bash": Shell.BASH, "cmd": Shell.CMD, "powershell": Shell.POWERSHELL}


def finding(match: Match, follow_ups: list[Match], case: Case) -> Finding:
    """The finding of a match, with what follows from it as its last evidence."""
    values = values_of(match, case)
    name, fix = names_of(match.rule)
    if match.words:
        name, own = match.words, f"{match.words}-fix"
        fix = own if own in entry(match.code).texts else fix
    remedy = remedy_of(match, case, values, fix)
    return of_code(
        match.code,
        summary=text(match.code, name, **_used(match.code, name, values)),
        fix=remedy.text,
        evidence=dict.fromkeys([*_evidence(match), *map(_follow_up, follow_ups[:6])]),
        commands=[for_interpreter(each, case) for each in remedy.commands],
        severity=severity(match),
    )


def for_interpreter(given: Command, case: Case) -> Command:
    """A portable Python is not on the PATH: `python -m pip …` would install into another one."""
    portable = case.facts.portable
    if not portable or case.known.system is not System.WINDOWS or not given.command.startswith("python "):
        return given
    return replace(given, command=f".\\{portable}{given.command.removeprefix('python')}")


def names_of(rule: Rule) -> tuple[str, str]:
    """The names of a rule's sentence and of its remedy in its code's file."""
    own = f"log-{rule.case}" if rule.case else "log"
    return (own, f"{own}-fix") if own in entry(rule.code).texts else ("summary", "fix")


def _evidence(match: Match) -> list[str]:
    lines: list[str] = [
        text("diagnose", "line", number=line.number, text=shown(line.text, match.sighting.anchor))
        for line in match.evidence[:_LINES]
    ]
    if match.times > len(match.evidence):
        lines.append(text("diagnose", "times", count=match.times))
    return lines + list(match.notes)


def _follow_up(match: Match) -> str:
    line = match.sighting.line
    excerpt = shown(line.text, match.sighting.anchor, 120)
    return text("diagnose", "follow-up", number=line.number, text=excerpt, code=match.code)


def values_of(match: Match, case: Case) -> dict[str, str]:
    """Placeholders of a code's sentences: captures, then what is known; cleaned and bounded, those of a log are."""
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
    return {name: _bounded(value) for name, value in {**values, **match.captured}.items() if value}


def _bounded(value: str) -> str:
    """What a log says cleaned and bounded; a sentence of the catalogue is both, and keeps its key."""
    return value if isinstance(value, Text) else shown(value, "", 160)


def _asks(match: Match) -> bool:
    """Whether a command wants a bitsandbytes by the table."""
    return any("{fitting}" in each for given in match.rule.advice.commands.values() for each in given)


def _known_all(template: str, values: dict[str, str]) -> bool:
    return all(name in values for name in _PLACEHOLDER.findall(template))


def _used(code: str, name: str, values: dict[str, str]) -> dict[str, str]:
    """The values that a sentence may hold: what else is known is no part of the finding."""
    return {each: values[each] for each in placeholders(code, name) if each in values}


def remedy_of(match: Match, case: Case, values: dict[str, str], fix: str) -> Remediation:
    """Chosen by the tables where the rule names a chooser and enough is known, else the code's own words."""
    advice = match.rule.advice
    own = text(match.code, fix, **_used(match.code, fix, values)) if fix in entry(match.code).texts else ""
    if match.words.endswith("harmless"):  # nothing is to be mended
        return Remediation(own)
    chosen = remedies.choose(advice.choose, match, case) if advice.choose else None
    if chosen is not None:
        return chosen if chosen.commands else Remediation(joined((chosen.text, own), "; "))
    commands = [
        Command(filled, shell)
        for key, given in advice.commands.items()
        for shell in _shells(key, case.known.system)
        for command in given
        if _known_all(command, values) and (filled := fill_command(command, values, case.known.system))
    ]
    return Remediation(own, tuple(commands))


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
