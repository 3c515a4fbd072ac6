"""A pasted text as lines: any encoding, without colours, entities, quote marks and code fences."""

from __future__ import annotations

import re

from envdoc.listing.values import Line, Lines
from envdoc.rules.encodings import Utf8
from envdoc.rules.printed import plain

LONGEST = 1 << 18  # bytes of a line; `pip list --format json` is one. A longer one is left out: half a list is none
MOST = 20_000  # lines
_QUOTED = re.compile(r"^(?:\s{0,3}>(?=\s|\||\+|[-*]|$) ?){1,6}")
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)\w{0,20}\s{0,9}$")
_BULLET = re.compile(r"^\s*(?:[•·●▪‣*+-]|\d{1,2}[.)])\s+")


def lines_of(data: bytes) -> Lines:
    """The lines that are not empty marks of a forum, numbered as in the file."""
    utf8 = Utf8()
    text = utf8.feed(data) + utf8.finish()
    found = []
    for number, raw in enumerate(text.split(b"\n")[:MOST], 1):
        line = unquoted(plain(raw)) if len(raw) <= LONGEST else ""
        found.append(Line(number, "" if _FENCE.match(line) else line.rstrip()))
    return tuple(found)


def unquoted(text: str) -> str:
    """`  torch  2.8.0` of `> >   torch  2.8.0`."""
    return _QUOTED.sub("", text)


def bare(text: str) -> str:
    """A line of a list without its bullet, bold marks and backticks: `- **`torch`**: 2.8` -> `torch: 2.8`."""
    return _BULLET.sub("", text).replace("**", "").replace("`", "").strip()
