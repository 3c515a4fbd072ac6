"""Which part of a chained traceback speaks.

    ModuleNotFoundError: No module named 'torchaudio._internal.fb'     handled: the program went on to something else
    During handling of the above exception, another exception occurred:
    OSError: libcudart.so.12: cannot open shared object file           the failure

The last exception leads. An earlier one is looked at where the last has no answer of its own, and a part that was
only looked for (`try: import x`) not even then, unless the last still speaks of it. After "was the direct cause of
the following exception" the first is the cause, and nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from envdoc.diagnose.rank import severity
from envdoc.diagnose.values import LogLine, Match, Sighting
from envdoc.model.finding import Severity
from envdoc.model.value import replace

_START, _DURING, _CAUSE = (
    "Traceback (most recent call last)",
    "During handling of the above",
    "was the direct cause of",
)
_ABSENT = re.compile(r"No module named |cannot import name ")
_NAMED = re.compile(r"No module named '?([A-Za-z_]\w{1,40})|cannot import name '(\w{1,60})'")
# the line of an exception without its module: `ValueError: ...`, `torch.OutOfMemoryError: ...`
_RAISED = re.compile(
    r"(?:^|[\s|\]])(?:[A-Za-z_][\w]{0,40}\.){0,6}[A-Z]\w{0,60}(?:Error|Exception|Exit|Interrupt)\b:?"
)
_SPEAKS = re.compile(r"[Ii]mport|[Ii]nstall|[Mm]issing|not (?:found|available)|unavailable|[Rr]equire")
# what Python says names itself what is not there
_PYTHONS = re.compile(r"No module named|cannot import name|import of \S+ halted|cannot open shared|DLL load failed")
# a level of a logger, or Python's own warnings: `UserWarning: ...`, `WARNING 11-21 08:44:10 ...`, `[W1121 ...`
_WARNS = re.compile(r"\bWARN(?:ING)?\b|\b\w{0,30}Warning:|(?:^|\s)warning:|\[W\d{4}\b")
_LOUD = re.compile(r"\b(?:ERROR|CRITICAL|FATAL)\b")


def handled(lines: Sequence[LogLine], at: int) -> bool:
    """Whether the exception that a line belongs to was handled when another one was raised."""
    caused = False  # by it the next one was, whose head stands below
    for line in lines[at + 1 :]:
        if _DURING in line.text:
            return True
        if _START in line.text and not caused:
            return False
        caused = _CAUSE in line.text or (caused and _START not in line.text)
    return False


def in_passing(sighting: Sighting) -> bool:
    """Whether a missing part is told by a warning, or by a traceback that a warning shows, and the log goes on."""
    if not _ABSENT.search(sighting.line.text):
        return False
    if _WARNS.search(sighting.line.text) and not _LOUD.search(sighting.line.text):
        return True
    above = sighting.lines[: sighting.at]
    start = next((n for n in range(len(above) - 1, 0, -1) if _START in above[n].text), 0)
    heading = above[start - 1].text if start else ""
    goes_on = len(sighting.lines) > sighting.at + 1 and not handled(sighting.lines, sighting.at)
    return goes_on and bool(_WARNS.search(heading)) and not _LOUD.search(heading)


def settled(found: Iterable[Match], lines: Sequence[LogLine]) -> list[Match]:
    """The matches, those of handled exceptions behind the last exception's, or left out."""
    every = [match for match in found if "*" not in match.rule.follows or not in_passing(match.sighting)]
    chains = {id(match): _around(match, lines) for match in every}
    lost = {id(match) for match in every if handled(*chains[id(match)])}
    kept = []
    for match in every:
        if id(match) not in lost or severity(match) is Severity.INFO:
            kept.append(match)
        else:
            leads = next((each for each in every if id(each) not in lost and _leads(each, match)), None)
            kept += _behind(match, leads) if leads else _alone(match, *chains[id(match)])
    return kept


def _around(match: Match, lines: Sequence[LogLine]) -> tuple[Sequence[LogLine], int]:
    """The log's lines from the match on where they were read, else the match's window."""
    sighting = match.sighting
    known = [n for n, line in enumerate(lines) if line.number == sighting.line.number]
    return (lines, known[-1]) if known else (sighting.lines, sighting.at)


def _leads(last: Match, match: Match) -> bool:
    """Whether a later exception's match speaks before a handled one's."""
    if last.sighting.line.number <= match.sighting.line.number or severity(last) is Severity.INFO:
        return False
    if match.code in last.rule.follows:
        return False
    return last.code == match.code or "*" not in last.rule.follows or bool(_ABSENT.search(match.sighting.line.text))


def _behind(match: Match, last: Match) -> list[Match]:
    """Folded under the last one's; nothing where that one says the same."""
    if last.code == match.code:
        return []
    return [replace(match, rule=replace(match.rule, follows=(last.code, "*")))]


def _alone(match: Match, lines: Sequence[LogLine], at: int) -> list[Match]:
    """The last exception has no answer: what was handled is it, if not an import that may fail."""
    named = _NAMED.search(lines[at].text)
    if named is None:
        return [match]
    said = _last(lines, at)
    speaks = (named[1] or named[2]) in said or (_SPEAKS.search(said) and not _PYTHONS.search(said))
    return [match] if not said or speaks else []


def _last(lines: Sequence[LogLine], at: int) -> str:
    """What the last exception of a chain says: its line and the next. "" where the log ends before it."""
    place: int | None = at
    while place is not None and handled(lines, place):
        start = _next(lines, place, _START)
        place = next((n for n in range(start, len(lines)) if _RAISED.search(lines[n].text)), None)
    return "" if place is None else " ".join(line.text for line in lines[place : place + 2])


def _next(lines: Sequence[LogLine], at: int, words: str) -> int:
    return next((n for n in range(at + 1, len(lines)) if words in lines[n].text), len(lines))
