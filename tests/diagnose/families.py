"""The corpus' folders: `<code>`, or `<code>.<case>` where a code has several rules."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.diagnose import Diagnosis
from envdoc.diagnose.values import Rule
from envdoc.model.text import Text


def family_of(rule: Rule) -> str:
    return f"{rule.code}.{rule.case}" if rule.case else rule.code


def code_of(family: str) -> str:
    return family.partition(".")[0]


def told_by(told: Diagnosis) -> Iterator[str]:
    """The codes of a diagnosis, follow-ups too."""
    yield from (finding.code for finding in told.findings)
    yield from (code for codes in told.folded.values() for code in codes)


def takes(told: Diagnosis, family: str) -> bool:
    """Whether a log was taken for one of the family: its code, and where a case is named, that case's sentence."""
    code, _, case = family.partition(".")
    if not case:
        return code in told_by(told)
    names = [each.summary.name for each in told.findings if each.code == code and isinstance(each.summary, Text)]
    return f"log-{case}" in names or any(code in codes for codes in told.folded.values())
