"""Finds what is pasted: who printed which lines. Prose, prompts and logs around it are nobody's."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.listing.keys import understand
from envdoc.listing.readers import READERS
from envdoc.listing.values import Lines, Part, Reader, Told


def parts_of(lines: Lines) -> tuple[Part, ...]:
    """Every listing in the text, in its order; one that tells nothing is left out."""
    return tuple(part for part in _parts(lines) if part.told)


def _parts(lines: Lines) -> Iterator[Part]:
    at = 0
    while at < len(lines):
        reader, length = _first(lines, at) if lines[at].text.strip() else (None, 0)
        if reader is None:
            at += 1
            continue
        block = lines[at : at + length]
        yield Part(reader.PROGRAM, block[0].number, block[-1].number, tuple(_understood(reader.read(block))))
        at += length


def _first(lines: Lines, at: int) -> tuple[Reader | None, int]:
    for reader in READERS:
        length = reader.claim(lines, at)
        if length > 0:
            return reader, length
    return None, 0


def _understood(told: Iterator[Told]) -> Iterator[Told]:
    """What has the form that its key needs; what only looks like it keeps both, text and seeming meaning."""
    for each in told:
        found = understand(each.key, each.value)
        if found is not None:
            yield Told(each.key, found[0], each.line, found[1])
