"""Credentials in the URLs of package sources: taken off before anything is shown or stored.

`https://me:token@host/simple` reaches the engine as `https://host/simple` plus variables of the child process.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from envdoc.rules.masks import mask

__all__ = ["BareUrl", "bare", "mask"]


class BareUrl(NamedTuple):
    url: str
    user: str
    password: str


def bare(url: str) -> BareUrl:
    """A URL without its credentials, and these, decoded."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return BareUrl(url, "", "")
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return BareUrl(urlunsplit(parts._replace(netloc=host)), unquote(name), unquote(password))
