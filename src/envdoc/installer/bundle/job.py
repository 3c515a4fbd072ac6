"""One making of a bundle: what every part of it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from envdoc.host.base import Host
from envdoc.installer.options import Options
from envdoc.model.bundle import Target
from envdoc.model.finding import Finding

WORK = ".envdoc-bundle"  # in the bundle while it is made; gone when it is whole


@dataclass(slots=True)
class Job:
    """`folder`: the bundle; `python`: an interpreter that uv may start here; `tell`: one line of progress."""

    host: Host
    folder: Path
    target: Target
    options: Options
    python: str
    tell: Callable[[str], None]

    @property
    def work(self) -> Path:
        return self.folder / WORK

    def variables(self) -> dict[str, str]:
        """What the user's files say of networks, where no variable of theirs says it."""
        told = self.options.variables.items()
        return {name: value for name, value in told if not self.host.environ.get(name)}


class RefusedError(Exception):
    """The bundle cannot be made (or used), for reasons that are findings."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(each.summary for each in findings))
        self.findings = findings
