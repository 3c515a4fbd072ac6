"""Figures about records in bounded memory: lengths by field, turns, media, doubles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from envdoc.training.data.values import FieldLengths, Statistics

COMPARED = 1_000_000  # records whose fingerprints are kept to find doubles: some 60 MB
TOKENIZED = 2_000  # records whose tokens are counted
_MOST_LENGTHS = 50_000


Lengths = defaultdict[int, int]  # length -> how often


def told(name: str, lengths: Lengths) -> FieldLengths:
    """Least, median, 95th percentile and most of the lengths."""
    total = sum(lengths.values())
    ordered = sorted(lengths)
    return FieldLengths(
        name, total, ordered[0], _at(lengths, total // 2), _at(lengths, total * 95 // 100), ordered[-1]
    )


def _at(lengths: Lengths, rank: int) -> int:
    passed = 0
    for length in sorted(lengths):
        passed += lengths[length]
        if passed > rank:
            break
    return length


def _coarser(lengths: Lengths) -> None:
    """Round all but the extremes to three figures: bounds the table and keeps 0.5 %."""
    least, most = min(lengths), max(lengths)
    for length in [each for each in lengths if each >= 1000 and each not in (least, most)]:
        step = 10 ** (len(str(length)) - 3)
        lengths[length // step * step] += lengths.pop(length)


class Figures:
    """Takes the texts of each record by field."""

    def __init__(self, count_tokens: Callable[[str], int] | None = None) -> None:
        self.fields: defaultdict[str, Lengths] = defaultdict(lambda: defaultdict(int))
        self.tokens: defaultdict[str, Lengths] = defaultdict(lambda: defaultdict(int))
        self.turns = 0
        self.media = {"images": 0, "videos": 0, "audios": 0}
        self.bytes = 0
        self._seen: set[int] = set()
        self._compared = 0
        self._duplicates = 0
        self.count_tokens = count_tokens
        self._tokenized = 0

    def field(self, name: str, value: str) -> None:
        self.fields[name][len(value)] += 1
        if self.count_tokens is not None:
            self.tokens[name][self.count_tokens(value)] += 1

    def trim(self) -> None:
        """Keep the tables small; called now and then."""
        for lengths in self.fields.values():
            if len(lengths) > _MOST_LENGTHS:
                _coarser(lengths)

    def record(self, fingerprint: int) -> None:
        """One record is done; `fingerprint` is a hash of all of it."""
        if self.count_tokens is not None:
            self._tokenized += 1
            if self._tokenized >= TOKENIZED:
                self.count_tokens = None
        if self._compared < COMPARED:
            self._compared += 1
            if fingerprint in self._seen:
                self._duplicates += 1
            else:
                self._seen.add(fingerprint)

    def told(self) -> Statistics:
        return Statistics(
            fields=tuple(told(name, each) for name, each in sorted(self.fields.items()) if each),
            tokens=tuple(told(name, each) for name, each in sorted(self.tokens.items())),
            turns=self.turns,
            images=self.media["images"],
            videos=self.media["videos"],
            audios=self.media["audios"],
            duplicates=self._duplicates,
            compared=self._compared,
            bytes=self.bytes,
        )
