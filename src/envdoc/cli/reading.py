"""Progress on stderr while a large file is read: a live line on a terminal, one line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from envdoc.cli import output

if TYPE_CHECKING:
    from rich.status import Status

    from envdoc.training.data.values import Progress

_PATIENCE = 10.0  # seconds between two lines where there is no terminal
_AFTER = 0.5  # seconds before a terminal gets its live line: a small file needs none


class Reading:
    """Shows how far the reading is."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._status: Status | None = None
        self._begun = time.monotonic()
        self._last = self._begun

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def event(self, progress: Progress) -> None:
        """Take one event of the reading."""
        now = time.monotonic()
        if self._quiet:
            return
        share = 100 * progress.done // max(1, progress.total)
        words = f"{progress.name}: {share} % of {progress.total >> 20:,} MiB, {progress.records:,} records"
        if sys.stderr.isatty():
            self._live(words, now)
        elif now - self._last >= _PATIENCE:
            self._last = now
            output.talk(words)

    def _live(self, words: str, now: float) -> None:
        if self._status is None:
            if now - self._begun < _AFTER:
                return
            from rich.status import Status

            self._status = Status(words, console=output.console(sys.stderr))
            self._status.start()
        self._status.update(words)
