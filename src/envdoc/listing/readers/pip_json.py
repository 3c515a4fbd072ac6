"""`pip list --format json`: `[{"name": "torch", "version": "2.8.0"}, …]`, on one line or on many."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.values import Lines, Told

PROGRAM = "pip list --format json"
_ENTRY = re.compile(
    r'"name"\s*:\s*"([A-Za-z0-9][\w.-]{0,80})"\s*,\s*"version"\s*:\s*"([\w.+!-]{1,80})"', re.IGNORECASE
)
_LINE = re.compile(r'\s*[\[\]{},]*\s*(?:"(?:name|version|editable_project_location|latest\w*)"\s*:.*|[\[\]{},]*)\s*$')


def claim(lines: Lines, at: int) -> int:
    if not re.match(r'\s*\[?\s*\{?\s*(?:"name"\s*:|$)', lines[at].text) or not re.match(r"\s*[\[{]", lines[at].text):
        return 0
    end = at
    while end < len(lines) and _LINE.match(lines[end].text):
        end += 1
    return end - at if _ENTRY.search("\n".join(line.text for line in lines[at : end + 1])) else 0


def read(lines: Lines) -> Iterator[Told]:
    text = "\n".join(line.text for line in lines)
    yield Told("packages.all", "pip list", lines[0].number)
    for found in _ENTRY.finditer(text):
        yield Told(f"package.{found[1]}", found[2], lines[text.count("\n", 0, found.start())].number)
