"""The root cause first, its follow-ups folded under it.

Final lines often lie, so the order is: severity, then what nothing else explains, then what the log says first.
"""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.diagnose.values import Match
from envdoc.findings import entry
from envdoc.model.finding import Severity
from envdoc.model.value import replace

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def severity(match: Match) -> Severity:
    return match.severity or match.rule.severity or entry(match.code).severity


def ranked(found: Iterable[Match]) -> tuple[list[Match], dict[str, list[Match]]]:
    """The matches that stand for themselves, in order, and by root code those that follow from a root."""
    every = _once(sorted(found, key=_place))
    roots: list[Match] = []
    folded: dict[str, list[Match]] = {}
    codes = {match.code for match in every if severity(match) is not Severity.INFO}
    for match in every:
        root = _root_of(match, every, codes)
        if root is None:
            roots.append(match)
        else:
            folded.setdefault(root.code, []).append(match)
    return _attached(roots, folded)


def _once(found: list[Match]) -> list[Match]:
    """One match a code: of several rules that know it the first in place, with the others' lines as evidence."""
    kept: dict[str, Match] = {}
    for match in found:
        first = kept.get(match.code)
        if first is None:
            kept[match.code] = match
        else:
            kept[match.code] = replace(first, evidence=tuple(dict.fromkeys((*first.evidence, *match.evidence))))
    return list(kept.values())


def _place(match: Match) -> tuple[int, bool, int, int]:
    return (_ORDER[severity(match)], "*" in match.rule.follows, match.sighting.offset, match.rule.order)


def _root_of(match: Match, every: list[Match], codes: set[str]) -> Match | None:
    """What `match` follows from, if that was found and does not itself follow from `match`."""
    for follows in match.rule.follows:
        if follows == "*":
            others = [m for m in every if m is not match and m.code in codes and "*" not in m.rule.follows]
            if others:
                return others[0]
        elif follows in codes and follows != match.code:
            root = next(m for m in every if m.code == follows)
            if match.code not in root.rule.follows:
                return root
    return None


def _attached(roots: list[Match], folded: dict[str, list[Match]]) -> tuple[list[Match], dict[str, list[Match]]]:
    """Move follow-ups of follow-ups up to the root that stands for itself."""
    parents = {match.code: root for root, matches in folded.items() for match in matches}
    flat: dict[str, list[Match]] = {}
    for root, matches in folded.items():
        top, steps = root, 0
        while top in parents and steps < len(parents):
            top, steps = parents[top], steps + 1
        flat.setdefault(top, []).extend(matches)
    standing = {match.code for match in roots}
    for root, matches in list(flat.items()):  # a ring of followers has no root: let its members stand
        if root not in standing:
            roots.extend(flat.pop(root) and matches)
    return roots, flat
