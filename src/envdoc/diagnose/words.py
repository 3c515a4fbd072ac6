"""Which gates a piece of a log can hold, told by its words: a log has few different words, however long it is.

Cutting a piece into words and leaving out those that were seen before is one pass; looking for each of some two
hundred gates would be a pass each. So new words are searched for gates, once each, and a piece only for the gates
behind the words that it has. Where nearly every word is new (keys, base64) that is not worth its while.
"""

from __future__ import annotations

from collections.abc import Iterable

# Letters, `_` and what is beyond ASCII make words. Digits part them, or every number would be a word of its own
_BLANKED = bytes(byte if chr(byte).isalpha() or byte >= 128 or byte == ord("_") else 32 for byte in range(256))
_LIMIT = 1 << 16  # words that are remembered
_LONGEST = 64  # bytes of a word that is remembered
_WORTH = 0.4  # share of new words, in bytes, above which searching the piece itself is faster
_PAUSE = 16  # pieces that are not cut into words after one that was not worth it


def key_of(gate: bytes) -> bytes:
    """The longest part of a gate that stands within one word: `memory` of `ut of memory`."""
    return max(gate.translate(_BLANKED).split(), key=len)


class Words:
    """What is known of words: those that hold no gate's key, and the gates behind the others."""

    def __init__(self, gates: Iterable[bytes]) -> None:
        self._gates = frozenset(gates)
        self._behind: dict[bytes, set[bytes]] = {}  # gates by their key
        for gate in self._gates:
            self._behind.setdefault(key_of(gate), set()).add(gate)
        self._dull: set[bytes] = set()
        self._bright: dict[bytes, set[bytes]] = {}
        self._pause = 0

    def gates_in(self, piece: bytes) -> Iterable[bytes]:
        """The gates that may stand in a piece: no other does."""
        if self._pause:
            self._pause -= 1
            return self._gates
        words = set(piece.translate(_BLANKED).split())
        words -= self._dull
        bright = words & self._bright.keys()
        gates: set[bytes] = set().union(*map(self._bright.__getitem__, bright))
        if words := words - bright:
            text = b" ".join(words)
            if len(text) > max(_WORTH * len(piece), _LONGEST):
                self._pause = _PAUSE
                return self._gates
            keys = [key for key in self._behind if key in text]
            self._remember(words, keys)
            gates.update(*map(self._behind.__getitem__, keys))
        return gates

    def _remember(self, words: set[bytes], keys: list[bytes]) -> None:
        """Keep new words; when there are too many, none any more."""
        if len(self._dull) + len(self._bright) + len(words) > _LIMIT:
            return
        for word in words:
            if len(word) <= _LONGEST:
                gates = set().union(*(self._behind[key] for key in keys if key in word))
                if gates:
                    self._bright[word] = gates
                else:
                    self._dull.add(word)
