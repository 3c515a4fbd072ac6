"""Findings of a choice that nobody proved for this machine: the bare choice, GPUs left out, compilers too old."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.findings import finding, text
from envdoc.model.finding import Command, Finding, Severity, Shell
from envdoc.model.machine import System
from envdoc.model.text import joined
from envdoc.resolver.openers import Opened
from envdoc.resolver.variables import set_variables, visible_only
from envdoc.rules.choice import gates
from envdoc.rules.choice.bare import is_bare
from envdoc.rules.choice.case import Case
from envdoc.rules.choice.judge import Judgement, Pick, Verdict
from envdoc.rules.choice.reach import Reached
from envdoc.rules.choice.situation import Card, Situation, alike

# Of the Blackwell family these came after the first: the ptxas that a triton brings may be older than they are.
_LATE = ("10.3", "11.0", "12.1")


def of_unproved(
    reached: Reached, judgement: Judgement, verdict: Verdict, pick: Pick, opened: tuple[Opened, ...]
) -> Iterator[Finding]:
    """What holds for this choice beyond a profile's."""
    if reached.left_out:
        yield _left_out(reached, opened)
    if is_bare(judgement.profile):
        yield _bare(verdict, pick, () if reached.left_out else opened)
    late = [card for card in reached.case.situation.cards if card.capability in _LATE]
    if late and verdict.cuda != "cpu" and reached.case.situation.system is System.LINUX:
        yield _ptxas(late[0])


def _bare(verdict: Verdict, pick: Pick, opened: tuple[Opened, ...]) -> Finding:
    return finding(
        "bare-choice",
        evidence=[text("bare-choice", "aside", reason=reason.text) for reason in pick.aside],
        fix="fix" if opened else "fix-none",
        commands=[command for each in opened for command in each.commands],
        torch=pick.offered.release,
        cuda=verdict.cuda,
        changes=_changes(opened),
    )


def _changes(opened: tuple[Opened, ...]) -> str:
    told = (text("checks", "named", name=each.opener.change, told=each.opener.opens) for each in opened)
    return joined(told, "; ")


def _left_out(reached: Reached, opened: tuple[Opened, ...]) -> Finding:
    every = (*reached.case.situation.cards, *reached.left_out)
    page = "mixed-gpus-not-covered"
    told = [
        text(page, "card", capability=group.capability, card=group)
        for group in alike(sorted(every, key=lambda card: card.index))
    ]
    return finding(
        page,
        evidence=(*told, text(page, "common", builds=_common_builds(reached.case, every))),
        commands=set_variables(visible_only(reached.case.situation.cards), reached.case.situation.system),
        left=joined((str(group) for group in alike(reached.left_out)), " and "),
        changes=_changes(opened),
    )


def _common_builds(case: Case, cards: tuple[Card, ...]) -> str:
    """`cu118 (2.1 to 2.7), cu126 (2.6 to 2.14)`: variants with code for every GPU, and their torch lines."""
    all_of_them = Situation(case.situation.system, case.situation.arch, cards=cards)
    lines: dict[str, list[str]] = {}
    for row in case.builds.rows:
        if row.cuda != "cpu" and not gates.code_reasons(row, all_of_them):
            lines.setdefault(row.cuda, []).append(row.version)
    told = (
        f"{cuda} ({each[0]} to {each[-1]})" if len(each) > 1 else f"{cuda} ({each[0]})"
        for cuda, each in lines.items()
    )
    return ", ".join(told) or text("mixed-gpus-not-covered", "none")


def _ptxas(card: Card) -> Finding:
    """The variables that point Triton at a newer ptxas: its own name for Blackwell, and the general one."""
    line = "export TRITON_PTXAS_PATH=/usr/local/cuda/bin/ptxas TRITON_PTXAS_BLACKWELL_PATH=/usr/local/cuda/bin/ptxas"
    return finding(
        "triton-ptxas-arch",
        summary="may-be",
        fix="may-be-fix",
        severity=Severity.INFO,
        commands=(Command(line, Shell.BASH),),
        card=card,
        arch=card.capability,
    )
