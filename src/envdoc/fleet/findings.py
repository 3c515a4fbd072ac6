"""Findings over several machines: who did not answer, who differs in what, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from envdoc.findings import finding, text
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.fleet import FactRow, HostAnswer
from envdoc.model.machine import System
from envdoc.rules import quoting

_SHOWN = 8  # machines or packages that are named in a sentence
# Packages of which two versions in one run are a fault; of the others they are a note.
_OF_TRAINING = ("transformers", "accelerate", "deepspeed", "peft", "trl", "datasets", "llamafactory", "bitsandbytes",
                "flash-attn", "liger-kernel", "tokenizers")  # fmt: skip
_SEVERITY = {
    "torch": Severity.ERROR,
    "nccl": Severity.ERROR,
    "have": Severity.ERROR,
    "python": Severity.WARNING,
    "driver": Severity.WARNING,
    "gpus": Severity.WARNING,
    "interfaces": Severity.WARNING,
    "clock": Severity.WARNING,
    "os": Severity.INFO,
    "kernel": Severity.INFO,
}


def findings(answers: Sequence[HostAnswer], rows: Sequence[FactRow]) -> Iterator[Finding]:
    """All of them: machines that did not answer, then differences, then machines that are not sound themselves."""
    for code in dict.fromkeys(answer.code for answer in answers if answer.code):
        yield _silent(code, [answer for answer in answers if answer.code == code])
    packages = [row for row in rows if row.differs and row.fact.startswith("package:")]
    yield from (_differs(row) for row in rows if row.differs and row not in packages)
    yield from (_differs(row) for row in packages if _package(row) in _OF_TRAINING)
    yield from _other_packages([row for row in packages if _package(row) not in _OF_TRAINING])
    yield from _sick(answers)


def _silent(code: str, answers: Sequence[HostAnswer]) -> Finding:
    evidence = tuple(text("fleet", "said-by", host=answer.name, told=answer.why) for answer in answers[:_SHOWN])
    first = answers[0].name
    commands = {
        "host-unreachable": quoting.command("ssh", "-v", first, "true", system=System.LINUX),
        "host-without-envdoc": (Command("uv tool install envdoc-gpu"),),
    }.get(code, ())
    return finding(
        code, hosts=_named([each.name for each in answers]), count=len(answers), evidence=evidence, commands=commands
    )


def _differs(row: FactRow) -> Finding:
    kind = row.fact.partition(":")[0]
    severity = Severity.WARNING if kind == "package" else _SEVERITY[kind]
    evidence = [text("fleet", "most", value=row.usual)] if row.usual else []
    evidence += [text("fleet", "value-of", value=value, hosts=_named(hosts)) for value, hosts in row.others[:_SHOWN]]
    evidence += [text("fleet", "unknown-of", why=why, hosts=_named(hosts)) for why, hosts in row.unknown[:_SHOWN]]
    return finding(
        "hosts-differ",
        summary="summary" if row.usual else "no-majority",
        fix=f"fix-{kind}",
        severity=severity,
        fact=row.title,
        usual=row.usual,
        hosts=_named(row.odd),
        evidence=evidence,
        commands=_commands(kind, row),
    )


def _commands(kind: str, row: FactRow) -> tuple[Command, ...]:
    """A line to paste on the machines that differ, where one line does it."""
    name = {"torch": "torch", "package": _package(row)}.get(kind, "")
    if not (name and row.usual and row.usual[0].isdigit()):
        return ()
    return quoting.command("uv", "pip", "install", f"{name}=={row.usual}", system=System.LINUX)


def _other_packages(rows: Sequence[FactRow]) -> Iterator[Finding]:
    if not rows:
        return
    names = [_package(row) for row in rows]
    evidence = [
        text("fleet", "package-of", package=_package(row), usual=row.usual, hosts=_named(row.odd))
        for row in rows[:_SHOWN]
    ]
    odd = list(dict.fromkeys(host for row in rows for host in row.odd))
    yield finding(
        "hosts-differ",
        summary="packages",
        fix="fix-package",
        severity=Severity.INFO,
        count=len(rows),
        packages=_named(names),
        hosts=_named(odd),
        evidence=evidence,
    )


def _sick(answers: Sequence[HostAnswer]) -> Iterator[Finding]:
    sick = [answer for answer in answers if answer.errors]
    if sick:
        evidence = [text("fleet", "said-by", host=each.name, told=", ".join(each.errors)) for each in sick[:_SHOWN]]
        yield finding(
            "host-not-sound", hosts=_named([each.name for each in sick]), count=len(sick), evidence=evidence
        )


def _package(row: FactRow) -> str:
    return row.fact.partition(":")[2]


def _named(names: Sequence[str]) -> str:
    """A few names, and how many more."""
    rest = len(names) - _SHOWN
    listed = ", ".join(names[:_SHOWN])
    return text("fleet", "and-more", names=listed, count=rest) if rest > 0 else listed
