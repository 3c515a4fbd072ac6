"""The entry points: bytes, text or a stream -> Diagnosis."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from envdoc.diagnose import logic
from envdoc.diagnose.chains import settled
from envdoc.diagnose.clean import clean
from envdoc.diagnose.confirm import confirmed
from envdoc.diagnose.known import know
from envdoc.diagnose.logfacts import read_facts
from envdoc.diagnose.match import looked, matches
from envdoc.diagnose.rank import ranked
from envdoc.diagnose.rules import gates, load
from envdoc.diagnose.say import finding
from envdoc.diagnose.scan import Scanner, Seen
from envdoc.diagnose.unwrap import with_unwrapped
from envdoc.diagnose.values import Context, Diagnosis, LogLine, LookedAt, Match
from envdoc.knowledge import tables
from envdoc.listing import might_hold, read
from envdoc.model.machine import Machine
from envdoc.model.value import replace
from envdoc.rules.encodings import Utf8

_READ = 1 << 18
FACTS = 256 << 10  # characters of windows that are read for facts


def diagnose_text(text: str, context: Context | None = None) -> Diagnosis:
    """Findings for a text, as `diagnose_stream`."""
    return diagnose_bytes(text.encode("utf-8", "surrogatepass"), context)


def diagnose_bytes(data: bytes, context: Context | None = None) -> Diagnosis:
    """Findings for a whole log in memory, as `diagnose_stream`."""
    return diagnose_stream(io.BytesIO(data), context)


def diagnose_stream(
    file: BinaryIO, context: Context | None = None, on_progress: Callable[[int], None] | None = None
) -> Diagnosis:
    """Read a log to its end, in any encoding, and say what is behind its failure.

    Memory is bounded (some MiB), time is linear in the log's size whatever it contains. `on_progress` gets the
    number of bytes read so far. A pipe that is still being written is read as it comes.
    """
    context = context or Context()
    scanner, utf8 = Scanner(gates()), Utf8()
    read = getattr(file, "read1", file.read)
    total = 0
    while data := read(_READ):
        total += len(data)
        scanner.feed(utf8.feed(data))
        if on_progress is not None:
            on_progress(total)
    scanner.feed(utf8.finish())
    return conclude(scanner.finish(), context, total, utf8.name)


def conclude(seen: Seen, context: Context, size: int, encoding: str) -> Diagnosis:
    """From what was seen to what is said."""
    rules = load()
    if context.knowledge is None:
        context = replace(context, knowledge=tables.load())
    with_unwrapped(seen, gates())
    lines = _read_lines(seen)
    facts = read_facts(_facts_text(lines, seen))
    listed = () if context.machine else _listed(seen)
    known = know(facts, context, listed)
    case = logic.Case(facts, known, context, seen)
    found: list[Match] = []
    for match in (*matches(rules, seen, facts), *looked(rules, lines, facts)):
        found += logic.judge(match, case)
    found = [confirmed(match, case) for match in settled(found, lines)]
    roots, folded = ranked(found)
    about = LookedAt(size, seen.lines, len(rules), encoding, facts.tools)
    findings = tuple(finding(match, folded.get(match.code, []), case) for match in roots)
    return Diagnosis(
        findings,
        about,
        replace(facts, text=""),
        {code: tuple(match.code for match in each) for code, each in folded.items()},
        listed,
    )


def _listed(seen: Seen) -> tuple[Machine, ...]:
    """The machines of the listings that stand at the log's head or tail, where people paste them."""
    data = seen.head if seen.bytes <= len(seen.head) else seen.head + b"\n\n\n\n" + seen.tail
    return read(data) if might_hold(data) else ()


def _read_lines(seen: Seen) -> tuple[LogLine, ...]:
    """Head and tail with their line numbers, cleaned. A short log is all head."""
    lines = list(_numbered(seen.head, 1))
    if seen.bytes > len(seen.head):
        lines += _numbered(seen.tail, seen.lines - seen.tail.count(b"\n"))
    return tuple(lines)


def _numbered(raw: bytes, first: int) -> Iterator[LogLine]:
    for index, line in enumerate(raw.split(b"\n")):
        for piece in line.split(b"\r")[-3:]:
            if text := clean(piece):
                yield LogLine(first + index, text)


def _facts_text(lines: tuple[LogLine, ...], seen: Seen) -> str:
    """The lines that were read, and in a long log those of the windows: each once, and not more than FACTS."""
    texts = dict.fromkeys(line.text for line in lines)
    if seen.bytes > len(seen.head):
        every = (line.text for each in seen.sightings.values() for sighting in each for line in sighting.lines)
        size = 0
        for text in every:
            if text not in texts:
                texts[text] = None
                size += len(text)
                if size > FACTS:
                    break
    return "\n".join(texts)
