"""Credentials of package sources: taken off their URLs before anything is planned, shown or stored.

`https://me:token@host/simple` becomes `https://host/simple`; the credentials reach an engine as variables of its
process, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from envdoc.rules.masks import mask
from envdoc.rules.urls import BareUrl, bare

__all__ = ["BareUrl", "Credential", "bare", "credential_for", "credentials_of", "mask", "whole"]


class Credential(NamedTuple):
    """The user and password for the URLs that begin with `url`. Never part of a representation."""

    url: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Credential(url={self.url!r})"


def credentials_of(urls: Iterable[str]) -> tuple[Credential, ...]:
    """Those of the URLs that carry any."""
    told = (bare(url) for url in urls)
    return tuple(Credential(each.url, each.user, each.password) for each in told if each.user or each.password)


def credential_for(url: str, known: Iterable[Credential]) -> Credential | None:
    """The one for a bare URL: the longest that it begins with, at the end of a name."""
    fitting = [each for each in known if _begins(url, _start(each.url))]
    return max(fitting, key=lambda each: len(each.url), default=None)


def _start(url: str) -> str:
    """What is the same for all CUDA variants of a source."""
    return url.partition("{cuda}")[0].rstrip("/")


def _begins(url: str, start: str) -> bool:
    return bool(start) and (url == start or url.startswith(start + "/"))


def whole(url: str, known: Iterable[Credential]) -> str:
    """A bare URL with its credentials, for a variable of a child process."""
    found = credential_for(url, known)
    if found is None:
        return url
    parts = urlsplit(url)
    user = quote(found.user, safe="") + (f":{quote(found.password, safe='')}" if found.password else "")
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc}"))
