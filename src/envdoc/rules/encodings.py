"""Any encoding -> UTF-8-like bytes, piece by piece. PowerShell's `>` writes UTF-16; some logs mix both."""

from __future__ import annotations

import codecs
import re

_ASCII = re.compile(rb"[\x20-\x7e]{16}")  # no text in UTF-16 has so many bytes of ASCII side by side
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Utf8:
    """Feed raw pieces, get bytes in which ASCII literals can be found. GBK and other code pages pass as they are
    (their ASCII is ASCII; lines are decoded one by one later), UTF-16 is converted."""

    def __init__(self) -> None:
        self.name = "utf-8"
        self._decoder: codecs.IncrementalDecoder | None = None
        self._begun = False
        self._first = b""

    def feed(self, data: bytes) -> bytes:
        if not self._begun:
            data, self._first = self._first + data, b""
            if len(data) < 4:  # too short to tell
                self._first = data
                return b""
            self._begin(data)
        if self._decoder is not None:
            return self._decoder.decode(data).encode("utf-8", "replace")
        # a UTF-16 part in the middle (`>>` of another shell): without its zeros, its ASCII is found
        return data.replace(b"\0", b"") if b"\0" in data else data

    def finish(self) -> bytes:
        rest, self._first = self._first, b""
        if self._decoder is not None:
            rest += self._decoder.decode(b"", final=True).encode("utf-8", "replace")
        return rest.replace(b"\0", b"")

    def _begin(self, data: bytes) -> None:
        self._begun = True
        for bom, name in _BOMS:
            if data.startswith(bom):
                self._use(name)
                return
        sample = data[:512]
        zeros = sample[1::2].count(0), sample[0::2].count(0)
        # half of it where it is English; a few (blanks, ends of lines) where it is Chinese or Russian
        enough = 2 if not _ASCII.search(sample) else len(sample) // 4 + 1
        if zeros[0] >= max(enough, 8 * zeros[1]):  # U+4E00 has one on the other side
            self._use("utf-16-le")
        elif zeros[1] >= max(enough, 8 * zeros[0]):
            self._use("utf-16-be")
        elif not _is_utf8(data):
            self.name = "8-bit"

    def _use(self, name: str) -> None:
        self.name = name
        self._decoder = codecs.getincrementaldecoder(name)(errors="replace")


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True
