"""Credentials in the URLs of package sources: taken off before anything is shown or stored.

`https://me:token@host/simple` reaches the engine as `https://host/simple` plus variables of the child process.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from envdoc.model.plan import InstallPackages, Step
from envdoc.model.resolution import Source

# The user part of any URL in a text: "https://me:token@host", "https://token@host".
_USER = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/@]+@", re.IGNORECASE)
_QUERY = re.compile(r"(?P<key>[?&](?:token|access_token|api_key|key|password|sig|signature)=)[^&\s#]+", re.IGNORECASE)


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


def mask(text: str) -> str:
    """A text without the credentials of the URLs in it: `https://****@host/simple`."""
    if "://" not in text:
        return text
    return _QUERY.sub(r"\g<key>****", _USER.sub(r"\g<scheme>****@", text))


def without_secrets(step: Step) -> Step:
    """The step as it may be stored or hashed: a new token does not make it another step."""
    if not isinstance(step, InstallPackages):
        return step
    return dataclasses.replace(step, sources=tuple(_masked(step.sources)))


def _masked(sources: Iterable[Source]) -> Iterable[Source]:
    for source in sources:
        yield dataclasses.replace(source, name=mask(source.name), url=mask(bare(source.url).url))
