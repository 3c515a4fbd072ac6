"""Progress on stderr while an installation runs: a live line on a terminal, one line a step elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from envdoc.cli import output
from envdoc.installer.events import Event, StepEnded, StepLine, StepStarted
from envdoc.model.results import ProofResult
from envdoc.render.text_plan import proof_line, step_line
from envdoc.render.text_smoke import starting

if TYPE_CHECKING:
    from rich.status import Status

    from envdoc.smoke import ProofEvent


class Progress:
    """Shows events; on a terminal the running step has a live line that ends in the tool's newest words."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._status: Status | None = None
        self._title = ""

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stderr.isatty():
            from rich.status import Status

            self._status = Status("", console=output.console(sys.stderr))
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def event(self, event: Event | ProofEvent | ProofResult) -> None:
        """Take one event of the installer, a proof that starts, or a proof's result."""
        if self._quiet:
            return
        if isinstance(event, StepStarted):
            self._title = f"{event.number}/{event.total} {event.title}"
            self._update(self._title) if self._status else output.talk(f"{self._title} ...")
        elif isinstance(event, StepLine):
            self._update(f"{self._title}: {event.text.strip()}")
        elif isinstance(event, StepEnded):
            output.lines([step_line(event.result)], stream=sys.stderr)
        elif isinstance(event, ProofResult):
            output.lines([proof_line(event)], stream=sys.stderr)
        else:
            self._update(starting(event.number, event.total, event.title, event.gpu))

    def _update(self, text: str) -> None:
        if self._status is not None:
            from rich.text import Text

            self._status.update(Text(text[:200], no_wrap=True, overflow="ellipsis"))
