"""Finding text in large binary files: torch's architecture list stands in a library of 27 MB."""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterator

from envdoc.host.files import missing_for
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.patterns import pattern

_MOST = 10_000  # matches; more is a pattern that means nothing
_LITERAL = pattern(rb"(?:[A-Za-z0-9_ /:=,<>@%&~'\"!;-]|\\[.\-+/_()\[\]{}*?^$|\\])*")


def search(path: str, pattern: bytes, *, first: bool = True) -> Fact[tuple[str, ...]]:
    """Matches of `pattern` in the file, in order; see `Host.search`.

    A pattern that begins with three or more literal bytes (`rb"sm_\\d+"`) is found by them, at memory speed:
    10 ms for 27 MB. Any other is tried at every byte, some 20 times slower.
    """
    try:
        if os.stat(path).st_size == 0:  # noqa: PTH116 - nothing can be mapped of it
            return missing(Why.ABSENT, path, "an empty file")
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:  # noqa: PTH123
            found = _texts(matches(data, pattern), 1 if first else _MOST)
    except (OSError, ValueError) as error:
        return missing_for(error, path)
    return known(found, path) if found else missing(Why.ABSENT, path, "no match")


def _texts(found: Iterator[re.Match[bytes]], most: int) -> tuple[str, ...]:
    texts = []
    for match in found:
        texts.append(match[0].decode("ascii", "replace"))
        if len(texts) == most:
            break
    return tuple(texts)


def literal_prefix(pattern: bytes) -> bytes:
    """The bytes every match of `pattern` begins with, as far as they can be read off it; b"" where not.

    `sm_` of `sm_\\d+`, b"" of `(?:sm|compute)_` and of `sm_|compute_`.
    """
    head = _LITERAL.match(pattern)
    end = head.end() if head else 0
    if b"|" in pattern[end:] and not _inside_group(pattern[end:]):
        return b""
    literal = pattern[:end]
    if pattern[end : end + 1] in (b"?", b"*", b"{"):  # the last one may be missing
        literal = re.sub(rb"\\?.\Z", b"", literal, flags=re.DOTALL)
    return re.sub(rb"\\(.)", rb"\1", literal)


def _inside_group(rest: bytes) -> bool:
    """Whether every `|` of `rest` stands inside a group."""
    depth = 0
    for char in re.sub(rb"\\.|\[[^\]]*\]", b"", rest):
        depth += (char == ord("(")) - (char == ord(")"))
        if char == ord("|") and depth == 0:
            return False
    return True


def matches(data: mmap.mmap, pattern: bytes) -> Iterator[re.Match[bytes]]:
    """All matches that do not overlap, in order."""
    expression = re.compile(pattern)
    prefix = literal_prefix(pattern)
    if len(prefix) < 3:
        yield from expression.finditer(data)
        return
    start = data.find(prefix)
    while start >= 0:
        match = expression.match(data, start)
        if match:
            yield match
        start = data.find(prefix, max(match.end(), start + 1) if match else start + 1)
