"""Listings of `key: value` lines: which keys a program has, and what is told by each.

Most programs print them, with bullets or without, with blanks before the colon or without, and translated by a
browser in some threads. A listing of this kind goes on while known keys follow each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from envdoc.listing.lines import bare
from envdoc.listing.values import Line, Lines, Told

Rows = Iterator[tuple[str, str]]  # key and text, of which `segment` makes facts
Take = Callable[[str], Rows]
_PAIR = re.compile(r"([^:：]{1,80}?)\s*[:：]\s*(.*)$")
_GAP = 2  # empty lines that a listing may have in it
NOTHING = re.compile(
    r"|n/?a|none|no|not found|not installed|not detected|unknown|could not collect|not available|null|-"
    r"|无|未找到|未安装",
    re.IGNORECASE,
)


def pair(text: str) -> tuple[str, str] | None:
    """`("pytorch version", "2.8.0")` of `PyTorch version   : 2.8.0`; None where there is no colon."""
    found = _PAIR.match(bare(text))
    return (" ".join(found[1].lower().split()), found[2].strip()) if found else None


def claimed(lines: Lines, at: int, known: Callable[[str], bool], begins: Callable[[str], bool], least: int) -> int:
    """How far lines that `known` takes go on from a line that `begins` takes; 0 where fewer than `least` do."""
    if not begins(lines[at].text):
        return 0
    end, count, empty = at, 0, 0
    for place in range(at, len(lines)):
        text = lines[place].text
        if not text.strip():
            empty += 1
        elif known(text):
            end, count, empty = place + 1, count + 1, 0
        else:
            break
        if empty > _GAP:
            break
    return end - at if count >= least else 0


def told(lines: Lines, keys: Mapping[str, Take]) -> Iterator[Told]:
    """What the known keys say; a value that says that there is none says nothing."""
    for line in lines:
        yield from told_by(line, keys)


def told_by(line: Line, keys: Mapping[str, Take]) -> Iterator[Told]:
    found = pair(line.text)
    if found is None or found[0] not in keys or NOTHING.fullmatch(found[1]):
        return
    for key, text in keys[found[0]](found[1]):
        yield Told(key, text, line.number)


def as_is(key: str) -> Take:
    """The whole text is the value."""
    return lambda text: iter(((key, text),))


def first_word(key: str) -> Take:
    """`13.3.0` of `13.3.0 (Ubuntu)`; the value ends at a blank."""
    return lambda text: iter(((key, text.split()[0]),)) if text.split() else iter(())
