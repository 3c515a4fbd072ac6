"""A log that comes line by line: a command that runs under our eyes."""

from __future__ import annotations

from envdoc.diagnose.engine import conclude
from envdoc.diagnose.rules import gates
from envdoc.diagnose.scan import Scanner
from envdoc.diagnose.values import Context, Diagnosis


class Live:
    """Feed lines as they come, then ask what they mean. Memory stays bounded however long it runs."""

    def __init__(self) -> None:
        self._scanner = Scanner(gates())
        self._size = 0

    def line(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        data = data if data.endswith(b"\n") else data + b"\n"
        self._size += len(data)
        self._scanner.feed(data)

    def finish(self, context: Context) -> Diagnosis:
        return conclude(self._scanner.finish(), context, self._size, "utf-8")
