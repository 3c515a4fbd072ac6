"""Figures about records in bounded memory: lengths by field, turns, media, doubles."""

from __future__ import annotations

from collections.abc import Callable

from envdoc.training.data.values import FieldLengths, Statistics

COMPARED = 1_000_000  # records whose fingerprints are kept to find doubles: some 60 MB
TOKENIZED = 2_000  # records whose tokens are counted


class Lengths:
    """How often each length occurs; from 1,000 on to three figures, which bounds the table and keeps 0.5 %."""

    __slots__ = ("counts", "least", "most")

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.least = 1 << 62
        self.most = 0

    def add(self, length: int) -> None:
        if length < self.least:
            self.least = length
        if length > self.most:
            self.most = length
        if length >= 1000:
            length = _rounded(length)
        self.counts[length] = self.counts.get(length, 0) + 1

    def told(self, name: str) -> FieldLengths:
        total = sum(self.counts.values())
        return FieldLengths(name, total, self.least, self._at(total // 2), self._at(total * 95 // 100), self.most)

    def _at(self, rank: int) -> int:
        passed = 0
        for length in sorted(self.counts):
            passed += self.counts[length]
            if passed > rank:
                return min(max(length, self.least), self.most)
        return self.most


def _rounded(length: int) -> int:
    step = 1
    while length >= 1000 * step:
        step *= 10
    return length // step * step


class Figures:
    """Takes the texts of each record by field."""

    def __init__(self, count_tokens: Callable[[str], int] | None = None) -> None:
        self.fields: dict[str, Lengths] = {}
        self.tokens: dict[str, Lengths] = {}
        self.turns = 0
        self.media = {"images": 0, "videos": 0, "audios": 0}
        self.bytes = 0
        self._seen: set[int] = set()
        self._compared = 0
        self._duplicates = 0
        self._count_tokens = count_tokens
        self._tokenized = 0

    def field(self, name: str, value: str) -> None:
        lengths = self.fields.get(name)
        if lengths is None:
            lengths = self.fields[name] = Lengths()
        lengths.add(len(value))
        if self._count_tokens is not None and self._tokenized < TOKENIZED:
            self.tokens.setdefault(name, Lengths()).add(self._count_tokens(value))

    def record(self, fingerprint: int) -> None:
        """One record is done; `fingerprint` is a hash of all of it."""
        self._tokenized += 1
        if self._compared < COMPARED:
            self._compared += 1
            if fingerprint in self._seen:
                self._duplicates += 1
            else:
                self._seen.add(fingerprint)

    def told(self) -> Statistics:
        return Statistics(
            fields=tuple(each.told(name) for name, each in sorted(self.fields.items())),
            tokens=tuple(each.told(name) for name, each in sorted(self.tokens.items())),
            turns=self.turns,
            images=self.media["images"],
            videos=self.media["videos"],
            audios=self.media["audios"],
            duplicates=self._duplicates,
            compared=self._compared,
            bytes=self.bytes,
        )
