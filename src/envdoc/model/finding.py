"""Findings: what is wrong, why, the command that mends it. Checks return them; one printer shows them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from envdoc.model.machine import Machine
from envdoc.model.value import dataclass

if TYPE_CHECKING:
    from envdoc.model.methods import Method


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Shell(StrEnum):
    ANY = "any"
    BASH = "bash"
    CMD = "cmd"
    POWERSHELL = "powershell"


@dataclass(frozen=True, slots=True)
class Command:
    """One line to paste into `shell`."""

    command: str
    shell: Shell = Shell.ANY


@dataclass(frozen=True, slots=True)
class Remediation:
    text: str = ""
    commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class Where:
    """The place in a file that a finding is about: `line` and `record` count from 1, 0 where there is none."""

    file: str
    line: int = 0
    key: str = ""
    record: int = 0

    def __str__(self) -> str:
        parts = [self.file, f"line {self.line}" if self.line else "", f"record {self.record}" if self.record else ""]
        return ", ".join(part for part in (*parts, f"`{self.key}`" if self.key else "") if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that needs attention.

    `code` is kebab-case and stable, with one file in the catalogue, which has its words. `machine_broken` marks a
    fault of the machine that no package can mend: it makes the exit code 75. `values` are what stands in the
    sentences, for readers of JSON who put their own words to it.
    """

    code: str
    severity: Severity
    summary: str
    evidence: tuple[str, ...] = ()
    remediation: Remediation = Remediation()
    links: tuple[str, ...] = ()
    machine_broken: bool = False
    where: Where | None = None
    values: tuple[tuple[str, str], ...] = ()


class CheckStatus(StrEnum):
    PASS = "pass"  # noqa: S105 - a status, not a password
    WARN = "warn"
    FAIL = "fail"
    NOT_CHECKED = "not-checked"
    CRASH = "crash"


class Subject(StrEnum):
    """What a check is about. One that was not given is not judged and not listed."""

    MACHINE = "machine"  # and the environment on it
    TRAINING_FILE = "training-file"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one check ended. `reason` says why it could not look, or what it saw, in one short phrase."""

    id: str
    title: str
    status: CheckStatus
    reason: str = ""
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    group: str = ""  # the subject under which a person reads it: "Driver"
    required: bool = False  # the user wants it to have looked (`--require`)
    blind: bool = False  # a fact that it needs could not be had; else there was nothing for it to look at
    subject: Subject = Subject.MACHINE


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` says: every check's result, and the machine it looked at."""

    machine: Machine
    checks: tuple[CheckResult, ...]
    profile: str = ""
    next_commands: tuple[Command, ...] = ()
    methods: tuple[Method, ...] = ()  # with a training file: what works on this machine

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, errors first, then by the order of the checks."""
        order = (Severity.ERROR, Severity.WARNING, Severity.INFO)
        every = [finding for check in self.checks for finding in check.findings]
        return tuple(sorted(every, key=lambda finding: order.index(finding.severity)))


def exit_code(report: Report, *, strict: bool = False) -> int:
    """What `findings_code` says, and never 0 where a check crashed: nobody knows what it would have said."""
    crashed = any(result.status is CheckStatus.CRASH for result in report.checks)
    return findings_code(report.findings, strict=strict) or int(crashed)


def findings_code(findings: tuple[Finding, ...], *, strict: bool = False) -> int:
    """0 fine; 1 errors (warnings too with `strict`); 75 where the machine itself is broken."""
    bad = [f for f in findings if f.severity is Severity.ERROR or (strict and f.severity is Severity.WARNING)]
    if any(finding.machine_broken for finding in bad):
        return 75
    return 1 if bad else 0
