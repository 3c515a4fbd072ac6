"""Mistakes counted, with the places of the first few; what a finding is made of in the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.findings import finding, text
from envdoc.model.finding import Finding, Severity, Where
from envdoc.training.data.effects import EFFECTS
from envdoc.training.data.values import Effect, Mistake

SHOWN = 5  # places of one mistake that are named
_MOST = 500  # different mistakes that are kept apart


class Group:
    """All records with one and the same mistake."""

    __slots__ = ("count", "mistake", "places")

    def __init__(self, mistake: Mistake) -> None:
        self.mistake = mistake
        self.count = 0
        self.places: list[tuple[str, int, int]] = []  # file, line, record


class Tally:
    """Groups by code and key; what exceeds their number is counted with its code alone."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, str], Group] = {}
        self.bad = 0
        self.lost = 0  # records that the release drops
        self.fatal = 0  # records that stop it
        self._last = ("", 0)

    def add(self, mistake: Mistake, file: str, line: int = 0, record: int = 0) -> None:
        name = (mistake.code, mistake.key)
        group = self.groups.get(name)
        if group is None:
            name = name if len(self.groups) < _MOST else (mistake.code, "")
            group = self.groups.setdefault(name, Group(mistake))
        group.count += 1
        if len(group.places) < SHOWN:
            group.places.append((file, line, record))
        if record and (file, record) != self._last:
            self._last = (file, record)
            self.bad += 1

    def count(self, code: str) -> int:
        return sum(group.count for group in self.groups.values() if group.mistake.code == code)

    def sampled(self) -> tuple[int, ...]:
        return tuple(sorted({record for group in self.groups.values() for _, _, record in group.places if record}))

    def findings(self, name: str) -> Iterator[Finding]:
        for group in self.groups.values():
            yield _finding(name, group)


def effect_words(code: str) -> str:
    return text("data", EFFECTS[code].value) if EFFECTS[code] is not Effect.NONE else ""


def _finding(name: str, group: Group) -> Finding:
    file, line, record = group.places[0]
    mistake = group.mistake
    values: dict[str, Any] = {**dict(mistake.values), "name": name, "count": group.count}
    return finding(
        mistake.code,
        evidence=(effect_words(mistake.code), _others(group)),
        where=Where(file, line, mistake.key, record),
        effect=EFFECTS[mistake.code].value,
        **values,
    )


def _others(group: Group) -> str:
    """`203 records; the first ones: 7, 9, 12`; nothing where it is a single one, which `where` names."""
    records = [str(record) for _, _, record in group.places if record]
    if group.count < 2 or not records:
        return ""
    return text("data", "records", count=f"{group.count:,}", first=", ".join(records))


def info_finding(
    code: str,
    file: str,
    line: int = 0,
    key: str = "",
    /,
    *,
    record: int = 0,
    summary: str = "summary",
    severity: Severity | None = None,
    **values: Any,
) -> Finding:
    """A finding about an entry, a file or a whole data set, with what the release does about it."""
    return finding(
        code,
        summary=summary,
        evidence=(effect_words(code),),
        where=Where(file, line, key, record),
        severity=severity,
        effect=EFFECTS[code].value,
        **values,
    )
