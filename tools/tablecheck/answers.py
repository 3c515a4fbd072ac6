"""What a comparison of one row with the real thing can end in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    CHECKED = "checked"
    NOT_CHECKED = "not-checked"  # `detail` says why
    DIFFERS = "differs"  # `detail` says what the table has, and what is true


@dataclass(frozen=True, slots=True)
class Answer:
    table: str
    row: str
    verdict: Verdict
    detail: str = ""


def compare(table: str, row: str, what: str, have: object, real: object) -> Answer:
    """CHECKED where both are equal."""
    if have == real:
        return Answer(table, row, Verdict.CHECKED, f"{what}: {told(real)}")
    return Answer(table, row, Verdict.DIFFERS, f"{what}: the table has {told(have)}, found {told(real)}")


def told(value: object) -> str:
    """A value for the report: sets and tuples as words, nothing as `none`."""
    if isinstance(value, (tuple, list)):
        return " ".join(map(str, value)) or "none"
    return str(value) if value not in ("", None) else "none"


def skipped(table: str, row: str, why: str) -> Answer:
    return Answer(table, row, Verdict.NOT_CHECKED, why)
