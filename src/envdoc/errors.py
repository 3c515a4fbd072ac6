"""What can go wrong, and the exit code that each kind ends with.

    EnvdocError                 1   a step failed, a wish cannot be met
    |-- UsageError              2   unknown name, bad option, missing consent
    |   `-- DataError           2   a profile, snapshot or table file that cannot be used
    |-- MachineBroken          75   no package can help: reboot, replace, or retry on another runner
    `-- Interrupted           130   Ctrl-C, or a signal that asks to stop

Anything else that reaches the top is a bug of envdoc (exit 3). This module imports nothing of ours.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The documented exit codes; the same for every command."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    BUG = 3
    MACHINE_BROKEN = 75
    INTERRUPTED = 130


class EnvdocError(Exception):
    """One clear message, the way out, and the exit code.

    `message` names the place and the cause; `hint` is an imperative sentence or a command to paste.
    """

    exit_code: ExitCode = ExitCode.FINDINGS
    code: str = "failed"

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.code


class UsageError(EnvdocError):
    """The command line asks for something that does not exist or may not be done."""

    exit_code = ExitCode.USAGE
    code = "usage"


class DataError(UsageError):
    """A file that the user named cannot be used; `message` says which file, where and why."""

    code = "bad-data"


class MachineBroken(EnvdocError):
    """The machine itself must be mended first (driver mismatch, GPU lost)."""

    exit_code = ExitCode.MACHINE_BROKEN
    code = "machine-broken"


class Interrupted(EnvdocError):
    """The user or the system asked to stop; what was done stands in the journal."""

    exit_code = ExitCode.INTERRUPTED
    code = "interrupted"
