"""The values of this room: lines, what a listing tells in them, and what a reader is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a person reads it, and its number in the file, counted from 1."""

    number: int
    text: str


Lines = Sequence[Line]


@dataclass(frozen=True, slots=True)
class Told:
    """One fact. `key` says of what: see `keys.py`; `meant` is set where the text only looks like a value
    (`58O.159.04`): then it is asked, never taken."""

    key: str
    value: str
    line: int
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one program printed: which, from line to line, and all that it tells."""

    program: str
    first: int
    last: int
    told: tuple[Told, ...]


class Reader(Protocol):
    """What each module of `readers` is: who prints it, how far it goes, what it says."""

    PROGRAM: str

    def claim(self, lines: Lines, at: int) -> int:
        """How many lines from `at` on are this program's; 0 where it does not begin there."""

    def read(self, lines: Lines) -> Iterator[Told]:
        """What those lines tell."""
