"""The values of this room: rules, what was sighted in a log, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Machine, System
from envdoc.model.value import dataclass, field

if TYPE_CHECKING:
    from envdoc.diagnose.logfacts import LogFacts
    from envdoc.knowledge.tables import Knowledge
    from envdoc.model.profile import Profile


# Anchors by the literal that stands in all of them
GateTable = Mapping[bytes, Sequence[str]]


def _shipped() -> tuple[Profile, ...]:
    from envdoc.knowledge.profiles import shipped

    return shipped()


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the log. Without a machine the log alone must do.

    `system` is where the remedies will be pasted; None: the machine's, else what the log tells. `profiles` gives
    those that a torch is chosen by, only when one is.
    """

    machine: Machine | None = None
    knowledge: Knowledge | None = None
    system: System | None = None
    profiles: Callable[[], tuple[Profile, ...]] = _shipped


@dataclass(frozen=True, slots=True)
class Sign:
    """One way in which a program says it: any of the literals `say`, and what must or must not stand near.

    `near`: of each inner tuple one literal must stand in the window; `unless`: none of these may.
    """

    say: tuple[str, ...]
    near: tuple[tuple[str, ...], ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capture:
    """A value to read near the anchor: a linear pattern with one group, and the type of what it holds."""

    name: str
    pattern: str
    kind: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What a rule proposes: commands by shell or system, or the name of a chooser that asks the tables."""

    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    choose: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How to know one finding code in a log. Its words are in the catalogue: sentence `log` (or `log-CASE`, where a
    code has several rules), else `summary`; the remedy is the sentence of that name with `-fix`, or `fix`."""

    code: str
    signs: tuple[Sign, ...]
    advice: Advice
    file: str
    order: int  # place among all rules: on a tie the earlier, stricter one wins
    case: str = ""
    severity: Severity | None = None  # where a log that says so is taken otherwise than the code is
    captures: tuple[Capture, ...] = ()
    has: tuple[str, ...] = ()  # one of these literals must stand somewhere in the log
    lacks: tuple[str, ...] = ()  # none of these may
    vendors: tuple[str, ...] = ()  # "nvidia", "amd", "apple": only for logs of these, or of an unknown one
    systems: tuple[str, ...] = ()  # "linux", "windows", "darwin": likewise
    follows: tuple[str, ...] = ()  # a mere follow-up where one of these codes was found
    look: str = ""  # instead of signs: a linear pattern for lines of the head and the tail
    logic: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One cleaned line and its number in the file, counted from 1 as editors do."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """An anchor in its surroundings. `at` is the index of its line in `lines`."""

    anchor: str
    at: int
    lines: tuple[LogLine, ...]
    offset: int  # of the anchor's line in the file: what came first

    @property
    def line(self) -> LogLine:
        return self.lines[self.at]


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds, with what was captured and where."""

    rule: Rule
    sighting: Sighting
    captured: dict[str, str] = field(default_factory=dict)
    evidence: tuple[LogLine, ...] = ()
    times: int = 1  # how often the log says it
    severity: Severity | None = None  # set by logic where it is not the rule's
    words: str = ""  # likewise: another sentence of the code
    notes: tuple[str, ...] = ()  # more evidence that is no line of the log

    @property
    def code(self) -> str:
        return self.rule.code


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What was looked at, for "nothing known found"."""

    bytes: int
    lines: int
    rules: int
    encoding: str
    tools: tuple[str, ...] = ()  # programs that the log is of: "pip", "torch", "cmake", ...


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Findings, the root cause first. `folded` holds the codes that are mere follow-ups, by root code."""

    findings: tuple[Finding, ...]
    looked_at: LookedAt
    facts: LogFacts
    folded: dict[str, tuple[str, ...]] = field(default_factory=dict)
    listed: tuple[Machine, ...] = ()  # machines that listings in the log tell of

    @property
    def root(self) -> Finding | None:
        return self.findings[0] if self.findings else None
