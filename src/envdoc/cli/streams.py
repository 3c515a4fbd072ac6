"""The process's own two streams, and the only place that writes to them.

What is written is masked, made visible, and escaped where the stream's encoding lacks a letter (`\\u673a`, never
`?`). A pipe whose reader has gone, a full disk or a closed stream never changes what is done: the rest is dropped,
and `lost` says why, so that the exit code of a command whose result is its output can tell.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO, cast

from envdoc.rules.controls import visible


class Stream:
    """`sys.stdout` or `sys.stderr` while a command runs. Whoever writes to it, also typer, is masked and escaped.

    It has no `buffer` on purpose: typer would write past it in an ASCII locale.
    """

    def __init__(self, raw: TextIO | None) -> None:
        self._raw = raw
        self.lost = (
            ""  # why nothing more is written: "No space left on device"; "" also where only the reader has gone
        )

    @property
    def encoding(self) -> str:
        return getattr(self._raw, "encoding", None) or "ascii"

    @property
    def errors(self) -> str:
        return "backslashreplace"

    def isatty(self) -> bool:
        return self._raw is not None and self._raw.isatty()

    def fileno(self) -> int:
        if self._raw is None:
            raise OSError("the stream is closed")
        return self._raw.fileno()

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        """Each write is flushed at once."""

    def write(self, text: str) -> int:
        """Text from anywhere."""
        if not isinstance(text, str):
            raise TypeError(f"write() takes text, not {type(text).__name__}")
        from envdoc.rules.masks import mask

        self.put(visible(mask(text)))
        return len(text)

    def put(self, text: str) -> None:
        """Text that is masked and visible already (a document), or drawn with colours. Never raises."""
        if self._raw is None:
            return
        try:
            self._raw.write(text.encode(self.encoding, "backslashreplace").decode(self.encoding))
            self._raw.flush()
        except (OSError, ValueError) as error:
            self.lost = "" if _reader_gone(error) else getattr(error, "strerror", "") or str(error)
            self._drop()

    def _drop(self) -> None:
        """Nothing more is written, also not what Python still holds when it ends."""
        raw, self._raw = self._raw, None
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, cast(TextIO, raw).fileno())
            os.close(nowhere)
            cast(TextIO, raw).flush()


class Drawing:
    """A stream as rich wants it: its escapes are its own, so that they are not made visible."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.encoding = stream.encoding

    def write(self, text: str) -> int:
        self._stream.put(text)
        return len(text)

    def flush(self) -> None:
        """Each write is flushed at once."""

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()


def _reader_gone(error: Exception) -> bool:
    # Windows says EINVAL for a pipe that nobody reads any more
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and getattr(error, "errno", 0) == 22)


@contextlib.contextmanager
def guarded() -> Iterator[tuple[Stream, Stream]]:
    """Put both streams in place, and give the process its own back."""
    before = sys.stdout, sys.stderr
    ours = of(sys.stdout), of(sys.stderr)
    sys.stdout, sys.stderr = cast(TextIO, ours[0]), cast(TextIO, ours[1])
    try:
        yield ours
    finally:
        sys.stdout, sys.stderr = before


def of(stream: TextIO | Stream | None) -> Stream:
    """The stream as ours: itself where it is one already."""
    return stream if isinstance(stream, Stream) else Stream(stream)
