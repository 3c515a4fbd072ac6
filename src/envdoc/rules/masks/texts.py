"""A text without secrets; for reports also without names, addresses and identifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from envdoc.rules.masks import assignments, said, shapes, urls
from envdoc.rules.masks.base import GONE, Masked, apply, tried

if TYPE_CHECKING:
    from envdoc.rules.masks.people import Identity

_SECRETS = (*urls.RULES, *shapes.RULES, *said.RULES, *assignments.RULES)
_OLD_MARK = "[redacted]"  # what snapshots of former versions hold


def mask(text: str) -> str:
    """`text` without secrets. Masking again changes nothing."""
    return masked(text).text


def masked(text: str) -> Masked:
    """The text without secrets, and in how many places one stood."""
    return apply(text, _SECRETS)


def mask_of(texts: Iterable[str]) -> Callable[[str], str]:
    """`mask` for many short texts, with the rules that any of them can need: a Machine has thousands."""
    small = "\n".join(texts).lower()
    rules = tuple(rule for rule in _SECRETS if tried(rule, small))
    return lru_cache(maxsize=1024)(lambda text: apply(text, rules).text)


def without_credentials(url: str) -> str:
    """A URL, or a text with URLs, without user names, passwords and secret query values."""
    return apply(url, urls.RULES).text if "://" in url else url


def anonymous(text: str, identity: Identity | None = None) -> Masked:
    """The text without secrets, names, addresses and identifiers, and how many were taken out."""
    from envdoc.rules.masks import people  # nothing that is only printed needs it

    identity = identity or people.NOBODY
    secrets = masked(text.replace(_OLD_MARK, GONE))
    told = people.without_names(secrets.text, identity)
    again = masked(told.text)  # what a pseudonym brings together may match
    return Masked(people.without_names(again.text, identity).text, secrets.count + told.count + again.count)
