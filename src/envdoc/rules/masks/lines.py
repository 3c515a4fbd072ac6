"""A log that comes line by line: a secret may be told by the line before, or go over many."""

from __future__ import annotations

from envdoc.rules.masks.base import GONE, compiled
from envdoc.rules.masks.names import Family, family
from envdoc.rules.masks.texts import masked

_LONGEST = 400  # lines of one armoured block; more is a log that only speaks of one
_BEGIN = r"-----BEGIN (?:[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?|PGP MESSAGE)-----"
_BLOCK = (
    r"(?P<indent>[ \t-]*)(?P<name>[\w.-]+)[\"']?:[ \t]*[|>][-+]?[ \t]*"  # `password: |`, deeper lines are its value
)
_NAMED = r"(?i).*\bname[\"']?[ \t]*[:=].*"  # `- name: HF_TOKEN`, the next line has its value


class LineMasker:
    """`line(text)` for each line in turn; `count` says how many secrets there were."""

    def __init__(self) -> None:
        self.count = 0
        self._armour = 0  # lines that may still belong to an armoured block
        self._indent: int | None = None  # of the name whose block of lines this is
        self._before = ""

    def line(self, text: str) -> str:
        """The line as it may be shown; `***` for a line of a private key or of a block."""
        if self._armour:
            self._armour = 0 if "-----END " in text else self._armour - 1
            return GONE
        if self._indent is not None and (not text.strip() or _depth(text) > self._indent):
            return GONE
        self._indent = None
        told = self._masked(text)
        self._opens(text)
        return told

    def _masked(self, text: str) -> str:
        """With the line before, where that only names what this one tells."""
        named = self._before if compiled(_NAMED).fullmatch(self._before) else ""
        self._before = text
        told = masked(f"{named}\n{text}" if named else text)
        self.count += told.count
        return told.text.rpartition("\n")[2]

    def _opens(self, text: str) -> None:
        """Note what the next lines belong to."""
        if "-----BEGIN " in text and "-----END " not in text and compiled(_BEGIN).search(text):
            self._armour = _LONGEST
        block = compiled(_BLOCK).fullmatch(text) if ":" in text else None
        if block and family(block["name"]) in (Family.SURE, Family.LIKELY):
            self._indent = _depth(text)


def _depth(text: str) -> int:
    return len(text) - len(text.lstrip(" \t-"))
