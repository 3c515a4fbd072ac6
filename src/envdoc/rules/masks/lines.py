"""A log that comes line by line: a key in armour is more than one line."""

from __future__ import annotations

from envdoc.rules.masks.base import GONE, compiled
from envdoc.rules.masks.texts import masked

_LONGEST = 400  # lines of one armoured block; more is a log that only speaks of one
_BEGIN = r"-----BEGIN (?:[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?|PGP MESSAGE)-----"


class LineMasker:
    """`line(text)` for each line in turn; `count` says how many secrets there were."""

    def __init__(self) -> None:
        self.count = 0
        self._inside = 0

    def line(self, text: str) -> str:
        """The line as it may be shown; `***` for a line of a private key."""
        if self._inside:
            self._inside = 0 if "-----END " in text else self._inside - 1
            return GONE
        told = masked(text)
        self.count += told.count
        if "-----BEGIN " in text and "-----END " not in text and compiled(_BEGIN).search(text):
            self._inside = _LONGEST
        return told.text
