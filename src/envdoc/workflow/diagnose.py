"""`envdoc diagnose`: a log file, standard input or a command's output -> what is behind the failure."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, BinaryIO

from envdoc.errors import UsageError
from envdoc.findings import text, worded
from envdoc.host.base import Host, Input
from envdoc.model.facts import Why
from envdoc.model.finding import Finding
from envdoc.model.machine import Machine, System
from envdoc.model.text import Text
from envdoc.model.value import dataclass

if TYPE_CHECKING:
    from envdoc.diagnose import Context, Diagnosis
    from envdoc.workflow.wishes import MachineWish

LONGEST_RUN = 30 * 24 * 3600.0  # seconds; every call of a program is bounded, and a training may take weeks


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """What was looked at ("train.log", "standard input", a command), what was found, and how the command ended."""

    source: str
    diagnosis: Diagnosis
    returncode: int | None = None  # of the command; None where none was run
    machine: Machine | None = None
    wished: System | None = None  # by `--os`

    @property
    def system(self) -> System:
        """Where the remedies will be pasted: what was wished, the machine's, the log's, else this one's."""
        if self.wished is not None:
            return self.wished
        if self.machine is not None:
            return self.machine.os.system
        return System(self.diagnosis.facts.system or _own_system())

    @property
    def looked_at(self) -> str:
        """`1203 lines, 96 KB, of pip and torch, against 113 rules`."""
        looked = self.diagnosis.looked_at
        lines = text("diagnose", "one-line" if looked.lines == 1 else "lines", count=looked.lines)
        return text(
            "diagnose",
            "looked-at-tools" if looked.tools else "looked-at",
            lines=lines,
            size=_size(looked.bytes),
            tools=", ".join(looked.tools),
            rules=looked.rules,
        )

    @property
    def ended(self) -> str:
        """How the command ended; "" where none was run."""
        return "" if self.returncode is None else text("diagnose", "ended", code=self.returncode)

    @property
    def told(self) -> dict[str, object]:
        """What was looked at and what the log says of its machine, as data."""
        looked, facts = self.diagnosis.looked_at, asdict(self.diagnosis.facts)
        facts.pop("text")
        return {
            "looked_at": asdict(looked),
            "log": {name: value for name, value in facts.items() if value},
            "folded": {code: list(codes) for code, codes in self.diagnosis.folded.items()},
            "returncode": self.returncode,
        }


def _own_system() -> str:
    return {"win32": "windows", "darwin": "darwin"}.get(sys.platform, "linux")


def _size(count: int) -> str:
    """`96 KB` of a number of bytes."""
    size = float(count)
    for unit in ("bytes", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def diagnose_file(
    host: Host,
    path: str,
    wish: MachineWish | None,
    *,
    system: System | None = None,
    stdin: BinaryIO | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Diagnosed:
    """Explain a log file, or standard input for `-`. With `wish` the findings are confirmed on that machine.

    Raises:
        UsageError: there is no such file, or it cannot be read.
    """
    if path == "-":
        stream = stdin if stdin is not None else sys.stdin.buffer
        return _explained(host, text("diagnose", "standard-input"), stream, wish, system, on_progress)
    if _endless(path):
        raise UsageError(text("errors", "is-a-device", path=path), hint=text("errors", "name-a-log"))
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a stream, not a text
            return _explained(host, path, file, wish, system, on_progress)
    except IsADirectoryError as error:
        raise UsageError(text("errors", "is-a-folder", path=path), hint=text("errors", "name-a-log")) from error
    except OSError as error:
        hint = text("errors", "name-a-log-or-command")
        told = text("errors", "cannot-read", path=path, why=worded("details", error.strerror or ""))
        raise UsageError(told, hint=hint) from error


def _endless(path: str) -> bool:
    """`/dev/zero` has no end. A pipe has one, and a terminal too."""
    import stat

    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
        return stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and not _is_terminal(path))
    except (OSError, ValueError):
        return False  # whoever opens it says why it cannot be read


def _is_terminal(path: str) -> bool:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.isatty()


def diagnose_command(
    host: Host, argv: Sequence[str], wish: MachineWish | None, *, on_line: Callable[[str], None] | None = None
) -> Diagnosed:
    """Run a command, hand out its lines as they come, and explain them if it fails.

    Raises:
        UsageError: there is no such program.
    """
    from envdoc.diagnose.live import Live

    live = Live()

    def take(line: str) -> None:
        live.line(line)
        if on_line is not None:
            on_line(line)

    done = host.run(argv, timeout=LONGEST_RUN, stdin=Input.OURS, on_line=take)
    if done.why is Why.ABSENT:
        raise UsageError(text("errors", "no-program", name=argv[0]), hint=text("errors", "no-program-hint"))
    machine = None if done.ok else _machine(host, wish)  # nothing is to be confirmed where nothing failed
    diagnosis = live.finish(_context(machine))
    code = done.returncode if done.returncode is not None else 1
    return Diagnosed(" ".join(argv)[:200], diagnosis, code, machine)


def explain_log(log: str, machine: Machine | None = None) -> tuple[Finding, ...]:
    """Findings for a failing step's log on a machine that is known: what the installer shows."""
    from envdoc.diagnose import diagnose_text

    return diagnose_text(log, _context(machine)).findings


def _explained(
    host: Host,
    source: str,
    stream: BinaryIO,
    wish: MachineWish | None,
    system: System | None,
    on_progress: Callable[[int], None] | None,
) -> Diagnosed:
    from envdoc.diagnose import diagnose_stream

    machine = _machine(host, wish)
    # also of a Windows path on Windows; a Text is no path
    name = source if isinstance(source, Text) else os.path.basename(source) or source  # noqa: PTH119
    diagnosis = diagnose_stream(stream, _context(machine, system), on_progress)
    return Diagnosed(name, _with_listings(diagnosis), None, machine, system)


def _with_listings(diagnosis: Diagnosis) -> Diagnosis:
    """What the same checks find in the listings that the log contains, behind what the log itself says."""
    if not diagnosis.listed:
        return diagnosis
    from envdoc.model.finding import Severity
    from envdoc.workflow.check import judge
    from envdoc.workflow.listing import completed

    said = {code for root, codes in diagnosis.folded.items() for code in (root, *codes)}
    said |= {each.code for each in diagnosis.findings}
    found = {
        each.code: each
        for machine in diagnosis.listed
        for each in judge(completed(machine), None).findings
        if each.severity is Severity.ERROR and each.code not in said
    }
    return replace(diagnosis, findings=(*diagnosis.findings, *found.values()))


def _machine(host: Host, wish: MachineWish | None) -> Machine | None:
    if wish is None:
        return None
    from envdoc.workflow.machine import obtain

    return obtain(host, wish)


def _context(machine: Machine | None, system: System | None = None) -> Context:
    from envdoc.diagnose import Context
    from envdoc.workflow.context import knowledge, local_host, proposable

    return Context(
        machine=machine,
        knowledge=knowledge(),
        system=system,
        profiles=lambda: proposable(local_host(), machine),
    )
