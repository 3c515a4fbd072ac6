"""What a rule is, and how rules are applied: lazily compiled, and only where a text has a sign of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from envdoc.model.value import dataclass

GONE = "***"
_ROUNDS = 4  # what one replacement brings together may match again

Replace = Callable[["re.Match[str]"], str]
# (begin, end, whether it is a secret). What follows `begin` of a harmless one is looked at again: it may hold
# another.
Spot = Callable[["re.Match[str]"], tuple[int, int, bool]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`replace` is a template (`\\1***`) or a function that returns the match itself where it is harmless.

    `signs` are small letters, one of which a text must have before the pattern is compiled and tried.
    """

    signs: tuple[str, ...]
    pattern: str
    replace: str | Replace = GONE
    flags: int = 0
    also: tuple[str, ...] = ()  # of these the text must have one too, where there are any
    spot: Spot | None = None  # instead of `replace`: where in the text the secret of a match stands


@dataclass(frozen=True, slots=True)
class Masked:
    text: str
    count: int  # places that were masked


def apply(text: str, rules: Iterable[Rule]) -> Masked:
    """The text after all rules, until nothing changes any more."""
    every, count = tuple(rules), 0
    for _ in range(_ROUNDS):
        told, changed = _once(text, every)
        count += changed
        if told == text:
            break
        text = told
    return Masked(text, count)


def _once(text: str, rules: tuple[Rule, ...]) -> tuple[str, int]:
    small, changed = text.lower(), 0
    for rule in rules:
        if tried(rule, small):
            told, places = _sub(rule, text)
            if places:
                text, small, changed = told, told.lower(), changed + places
    return text, changed


def tried(rule: Rule, small: str) -> bool:
    """Whether a text in small letters has the signs of a rule."""
    return any(sign in small for sign in rule.signs) and (not rule.also or any(sign in small for sign in rule.also))


def _sub(rule: Rule, text: str) -> tuple[str, int]:
    if rule.spot is not None:
        return _spots(rule.spot, compiled(rule.pattern, rule.flags), text)
    changed = 0

    def put(match: re.Match[str]) -> str:
        nonlocal changed
        told = match.expand(rule.replace) if isinstance(rule.replace, str) else rule.replace(match)
        changed += told != match[0]
        return told

    return compiled(rule.pattern, rule.flags).sub(put, text), changed


def _spots(spot: Spot, pattern: re.Pattern[str], text: str) -> tuple[str, int]:
    parts, at, changed = [], 0, 0
    while match := pattern.search(text, at):
        begin, end, secret = spot(match)
        parts.append(text[at:begin])
        if secret:
            parts.append(GONE)
            changed += 1
        at = end if secret else begin
    return "".join([*parts, text[at:]]), changed


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set: a table that people can read and extend."""
    return frozenset(text.split())


@cache
def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, compiled when it is needed first."""
    return re.compile(pattern, flags)
