"""What programs print, as text: UTF-8 first, UTF-16 where the bytes show it, then the code page.

Pure functions over bytes, so Windows' ways are tested on Linux. Nothing here fails: bytes that no encoding
explains become U+FFFD.
"""

from __future__ import annotations

import codecs
import sys

from envdoc.model.patterns import pattern

# `wsl.exe` and some of Windows' own tools write UTF-16 into a pipe, without a byte order mark.
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LONGEST = 1 << 20  # bytes of one line that are held
_LINE_END = pattern(rb"\r\n|\r|\n")


def code_pages() -> tuple[str, ...]:
    """The encodings of this system's programs that do not speak UTF-8, the likeliest first."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        return tuple(dict.fromkeys((f"cp{kernel.GetOEMCP()}", f"cp{kernel.GetACP()}")))
    return ()


def decode(data: bytes, pages: tuple[str, ...] = ()) -> str:
    """The text of `data`, without a byte order mark. `pages` are tried where it is not UTF-8."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    if looks_utf16(data):
        return data.decode("utf-16-le", "replace")
    return _first_that_fits(data, ("utf-8", *pages))


def _first_that_fits(data: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def looks_utf16(data: bytes) -> bool:
    """Whether `data` is UTF-16 (little endian) without a mark: ASCII letters with a zero after each.

    `W\\0i\\0n\\0` is; a binary with a zero here and there is not.
    """
    head = data[:256]
    if len(head) < 2:
        return False
    odd, even = head[1::2], head[0::2]
    return odd.count(0) * 2 > len(odd) and even.count(0) * 8 <= len(even)


class Lines:
    """Splits a stream of bytes into decoded lines as they come.

    A carriage return ends a line too, so that a progress bar is seen moving; the empty lines that this would
    make are dropped.
    """

    def __init__(self, pages: tuple[str, ...] = ()) -> None:
        self._pages = pages
        self._rest = b""
        self._wide: codecs.IncrementalDecoder | None = None
        self._started = False

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` completes."""
        data = self._narrow(data)
        *whole, self._rest = self._split(self._rest + data)
        if len(self._rest) > _LONGEST:  # no line end for so long: it is shown in pieces
            whole, self._rest = [*whole, self._rest], b""
        return [decode(line, self._pages) for line in whole]

    def close(self) -> list[str]:
        """The last line, where no line end followed it."""
        last, self._rest = self._rest.rstrip(b"\r"), b""
        return [decode(last, self._pages)] if last else []

    def _narrow(self, data: bytes) -> bytes:
        """UTF-16 as UTF-8; everything else as it is."""
        if not self._started and data:
            self._started = True
            if data.startswith(codecs.BOM_UTF16_LE) or looks_utf16(data):
                self._wide = codecs.getincrementaldecoder("utf-16-le")("replace")
        return self._wide.decode(data).lstrip("\ufeff").encode() if self._wide else data

    @staticmethod
    def _split(data: bytes) -> list[bytes]:
        held = b""
        if data.endswith(b"\r"):  # the `\n` of a `\r\n` may still come
            data, held = data[:-1], b"\r"
        parts: list[bytes] = []
        start = 0
        for end in _LINE_END.finditer(data):
            line = data[start : end.start()]
            if line or end[0] != b"\r":
                parts.append(line)
            start = end.end()
        return [*parts, data[start:] + held]
