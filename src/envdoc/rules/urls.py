"""URLs and the credentials in them."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit


class BareUrl(NamedTuple):
    url: str
    user: str
    password: str


def bare(url: str) -> BareUrl:
    """A URL without its credentials, and these, decoded."""
    parts = urlsplit(url)
    if not parts.hostname or "@" not in parts.netloc:
        return BareUrl(url, "", "")
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return BareUrl(urlunsplit(parts._replace(netloc=host)), unquote(name), unquote(password))


def shown(mirrors: tuple[str, ...]) -> tuple[str, ...]:
    """Mirrors as they may be printed and stored: names as they are, URLs without credentials."""
    return tuple(bare(each).url if "://" in each else each for each in mirrors)
