"""From sightings to matches: what must stand near, what the whole log must say, and the captures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from envdoc.diagnose.captures import KINDS
from envdoc.diagnose.chains import handled, in_passing
from envdoc.diagnose.clean import without_prefix
from envdoc.diagnose.logfacts import LogFacts
from envdoc.diagnose.scan import Seen
from envdoc.diagnose.values import Capture, LogLine, Match, Rule, Sighting, Sign

_FRAME = re.compile(r'File "[^"]{1,300}", line \d{1,7}, in ')
_SOURCE = re.compile(r"raise [A-Z]\w{2,60}\(")
_AHEAD = 3  # lines after the anchor's that a message may go on for


def anchors(rules: Iterable[Rule]) -> tuple[str, ...]:
    """All literals to look for, each once."""
    return tuple(dict.fromkeys(anchor for rule in rules for sign in rule.signs for anchor in sign.say))


def matches(rules: Iterable[Rule], seen: Seen, facts: LogFacts) -> Iterator[Match]:
    """Every rule that holds, at its first sighting that holds with the most captures."""
    for rule in rules:
        if not _fits_log(rule, facts):
            continue
        held = list(_held(rule, seen))
        if held:
            best = max(held, key=_weight)
            yield _with_first(best, held, seen)


def _weight(match: Match) -> tuple[bool, bool, int, int]:
    """What makes one sighting better than another: the failure itself, then what it tells, then what came first."""
    sighting = match.sighting
    last = not handled(sighting.lines, sighting.at) and not in_passing(sighting)
    return (not _quoted(match), last, len(match.captured), -sighting.offset)


def _quoted(match: Match) -> bool:
    """Whether the anchor stands in source that a traceback shows: `raise ImportError(f"... {name} ...")`."""
    sighting = match.sighting
    above = sighting.lines[sighting.at - 1].text if sighting.at else ""
    return _SOURCE.match(without_prefix(sighting.line.text)) is not None or _FRAME.search(above) is not None


def looked(rules: Iterable[Rule], lines: tuple[LogLine, ...], facts: LogFacts) -> Iterator[Match]:
    """Rules that look for a pattern in the lines of head and tail instead of for literals anywhere."""
    for rule in rules:
        if rule.look and _fits_log(rule, facts):
            pattern = compiled(rule.look)
            hits = [line for line in lines if pattern.search(line.text)]
            if hits:
                sighting = Sighting("", 0, (hits[0],), hits[0].number)
                yield Match(rule, sighting, {}, (hits[0],), len(hits))


def _with_first(best: Match, held: list[Match], seen: Seen) -> Match:
    """The best match with the number of all and, as evidence, the first line that says it too."""
    lines = {match.sighting.line.number: match.sighting.line for match in held}
    shown = {line.number: line for line in best.evidence}
    first = min(lines)
    evidence = tuple(sorted({first: lines[first], **shown}.values(), key=lambda line: line.number))
    said = {anchor for sign in best.rule.signs for anchor in sign.say if anchor in seen.sightings}
    times = max(len(lines), *(seen.times[anchor] for anchor in said))
    return Match(best.rule, best.sighting, best.captured, evidence, times)


def _fits_log(rule: Rule, facts: LogFacts) -> bool:
    if rule.vendors and facts.vendor and facts.vendor not in rule.vendors:
        return False
    if rule.systems and facts.system and facts.system not in rule.systems:
        return False
    if rule.has and not any(each in facts.text for each in rule.has):
        return False
    return not any(each in facts.text for each in rule.lacks)


def _held(rule: Rule, seen: Seen) -> Iterator[Match]:
    for sign in rule.signs:
        for anchor in sign.say:
            for sighting in seen.sightings.get(anchor, ()):
                if _near(sign, sighting):
                    captured, lines = capture(rule.captures, sighting)
                    yield Match(rule, sighting, captured, (sighting.line, *lines))


def _near(sign: Sign, sighting: Sighting) -> bool:
    if not sign.near and not sign.unless:
        return True
    text = flat(sighting.lines)
    if any(each in text for each in sign.unless):
        return False
    tight = "".join(without_prefix(line.text) for line in sighting.lines)
    return all(any(each in text or each in tight for each in group) for group in sign.near)


def flat(lines: Iterable[LogLine]) -> str:
    """Lines without their prefixes, as one running text."""
    return " ".join(without_prefix(line.text) for line in lines)


def capture(captures: tuple[Capture, ...], sighting: Sighting) -> tuple[dict[str, str], list[LogLine]]:
    """Values near an anchor: in its own line, then in one of the message's next lines or across them, then anywhere
    in the window."""
    captured: dict[str, str] = {}
    lines: list[LogLine] = []
    for each in captures:
        if each.name in captured:
            continue
        found = _search(each, sighting)
        if found is not None:
            captured[each.name] = found[0]
            if found[1] is not None:
                lines.append(found[1])
    return captured, lines[:3]


def _search(wanted: Capture, sighting: Sighting) -> tuple[str, LogLine | None] | None:
    pattern, form = compiled(wanted.pattern), KINDS[wanted.kind]
    following = sighting.lines[sighting.at : sighting.at + 1 + _AHEAD]
    tight = "".join(without_prefix(line.text) for line in following)
    # glued together last: where nothing was wrapped, the end of a value and the next line's begin are two words
    for text in (*(line.text for line in following), tight, flat(following)):
        for found in pattern.finditer(text):
            if found[1] and (value := form(found[1])) is not None:
                return value, None
    others = [*reversed(sighting.lines[: sighting.at]), *sighting.lines[sighting.at + 1 :]]
    for line in others:
        for found in pattern.finditer(line.text):
            if found[1] and (value := form(found[1])) is not None:
                return value, line
    return None


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
