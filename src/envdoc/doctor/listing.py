"""A machine that was read from a pasted text: what was read, what is to be asked, and what it does not tell."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.words import found, run
from envdoc.findings import finding, text
from envdoc.model.facts import Why
from envdoc.model.finding import Command, Finding
from envdoc.model.machine import ListingDoubt, ListingPart, Machine, Origin
from envdoc.model.text import joined


@check(
    "listing",
    codes=("listing-unclear", "listing-incomplete"),
    applies=lambda case: case.machine.origin is Origin.LISTED,
)
def listing(case: Case) -> Outcome:
    told = case.machine.listing
    findings = [*_unclear(told.doubts), *_incomplete(case.machine)]
    return found(*findings, seen=joined(map(_part, told.parts), "; "))


def _part(part: ListingPart) -> str:
    return text("checks", "listing-part", program=part.program, first=part.first, last=part.last)


def _unclear(doubts: tuple[ListingDoubt, ...]) -> Iterator[Finding]:
    if doubts:
        first = doubts[0]
        yield finding(
            "listing-unclear",
            what=first.what,
            text=first.text,
            meant=first.meant,
            evidence=tuple(
                text("listing-unclear", "doubt", line=each.line, what=each.what, text=each.text, meant=each.meant)
                for each in doubts[:8]
            ),
        )


def _incomplete(machine: Machine) -> Iterator[Finding]:
    """What decides and is not told, with the programs that would tell it."""
    lacking, ask = [], []
    if not machine.driver.version.known or not machine.gpus.known:
        lacking += [] if machine.driver.version.known else [text("checks", "what-driver")]
        lacking += [] if machine.gpus.known else [text("checks", "what-gpus")]
        ask.append("nvidia-smi")
    if machine.target.torch.why is Why.NOT_ASKED or not machine.target.python.known:
        torch_told = machine.target.torch.why is not Why.NOT_ASKED
        lacking += [text("checks", "what-python" if torch_told else "what-torch-and-python")]
        ask.append("python -m torch.utils.collect_env")
    if lacking:
        told = (joined(map(_part, machine.listing.parts), "; "),)
        yield finding("listing-incomplete", lacking=joined(lacking), evidence=told, commands=_commands(ask))


def _commands(lines: list[str]) -> tuple[Command, ...]:
    return tuple(command for line in lines for command in run(line))
