"""Who stands out: each fact over all machines, with what most of them have."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence

from envdoc.findings import text
from envdoc.fleet.facts import facts, title
from envdoc.model.fleet import FactRow, HostAnswer, Told

CLOCK_SECONDS = 2.0  # a clock that is off by more, beyond what the asking makes doubtful, stands out


def rows(answers: Sequence[HostAnswer], paths: tuple[str, ...] = ()) -> tuple[FactRow, ...]:
    """A row for every fact that any machine told, in the table's order."""
    told = {answer.name: facts(answer.machine) for answer in answers if answer.machine}
    if not told:
        return ()
    names = list(dict.fromkeys(fact for each in told.values() for fact in each))
    order = sorted(names, key=lambda fact: fact.startswith("package:"))
    found = [
        row(fact, title(fact, paths), {host: _told(each, fact) for host, each in told.items()}) for fact in order
    ]
    return (*(clocks(answers)), *found)


def row(fact: str, name: str, told: Mapping[str, Told]) -> FactRow:
    """One fact: machine -> what it tells."""
    by_value: dict[str, list[str]] = {}
    unknown: dict[str, list[str]] = {}
    for host, each in told.items():
        (unknown.setdefault(each.why, []) if each.why else by_value.setdefault(each.value, [])).append(host)
    usual = _usual({value: len(hosts) for value, hosts in by_value.items()})
    others = sorted(((value, tuple(hosts)) for value, hosts in by_value.items() if value != usual), key=_rarest)
    missing = tuple((why, tuple(hosts)) for why, hosts in unknown.items())
    return FactRow(fact, name, usual or "", tuple(others), missing)


def clocks(answers: Sequence[HostAnswer]) -> Iterator[FactRow]:
    """The clocks against each other: the middle one is right."""
    known = [(answer, answer.offset) for answer in answers if answer.offset is not None]
    if not known:
        return
    middle = statistics.median(offset for _, offset in known)
    off = [
        (text("fleet", "off-by", seconds=f"{offset - middle:+.0f}"), (answer.name,))
        for answer, offset in known
        if abs(offset - middle) > CLOCK_SECONDS + answer.doubt
    ]
    yield FactRow("clock", title("clock"), text("fleet", "in-step"), tuple(off))


def _told(each: Mapping[str, Told], fact: str) -> Told:
    """A package that is not listed is not installed; any other fact that is not told is not known."""
    if fact in each:
        return each[fact]
    return Told(text("fleet", "absent")) if fact.startswith("package:") else Told("", text("fleet", "untold"))


def _usual(counts: Mapping[str, int]) -> str | None:
    """The value that more than half have; of two machines neither is right."""
    if not counts:
        return None
    value = max(counts, key=lambda each: counts[each])
    return value if 2 * counts[value] > sum(counts.values()) else None


def _rarest(other: tuple[str, tuple[str, ...]]) -> tuple[int, str]:
    value, hosts = other
    return len(hosts), value
