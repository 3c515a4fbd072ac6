"""Several machines: what each answered, and where they differ."""

from __future__ import annotations

from envdoc.model.finding import Finding
from envdoc.model.launch import HostSlots
from envdoc.model.machine import Machine
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """One fact of one machine, as words to compare; where it is not known, `value` is empty and `why` says why."""

    value: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """What one machine answered. Without a machine `code` is the finding's, and `why` the reason."""

    host: HostSlots
    machine: Machine | None = None
    code: str = ""
    why: str = ""
    seconds: float = 0.0
    offset: float | None = None  # seconds that its clock is ahead of ours
    doubt: float = 0.0  # by so many seconds the offset may be wrong
    errors: tuple[str, ...] = ()  # codes of the errors that a check of this machine finds

    @property
    def name(self) -> str:
        return self.host.name


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact over all machines. `usual` is what most have; "" where no value has a majority. `others` are the
    values that differ from it, each with its machines, the rarest first; `unknown` the machines that do not know."""

    fact: str  # "driver", "package:numpy", "have:0"
    title: str
    usual: str
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unknown: tuple[tuple[str, tuple[str, ...]], ...] = ()  # the reason, and the machines

    @property
    def odd(self) -> tuple[str, ...]:
        """The machines that stand out: all where nothing is usual; those too that do not know what others do."""
        silent = self.unknown if self.usual or self.others else ()
        return tuple(name for _, names in (*self.others, *silent) for name in names)

    @property
    def differs(self) -> bool:
        return bool(self.odd)


@dataclass(frozen=True, slots=True)
class FleetReport:
    """What `envdoc check --hosts` says."""

    answers: tuple[HostAnswer, ...]
    rows: tuple[FactRow, ...]
    findings: tuple[Finding, ...]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact of a group, and what the largest group has; "" where it is not there."""

    fact: str
    title: str
    value: str
    usual: str


@dataclass(frozen=True, slots=True)
class Group:
    """Snapshots that are alike, and what distinguishes them from the largest group."""

    files: tuple[str, ...]
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Grouped:
    """Snapshots in groups, the smallest first; the largest, which the others are held against, is the last."""

    groups: tuple[Group, ...]
    unread: tuple[tuple[str, str], ...] = ()  # a file and why it is no snapshot
    seconds: float = 0.0
