"""`envdoc check --fix`: by the same road as `envdoc install`. Where every error of the environment has a remedy that
only installs packages, these alone; else, and with `--profile`, the environment is brought to a profile.
"""

from __future__ import annotations

import re

from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Machine, TargetKind
from envdoc.model.resolution import Wish
from envdoc.rules import quoting
from envdoc.workflow.check import judge
from envdoc.workflow.install import ENVIRONMENT_CHECKS
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import InstallWish, MachineWish

_WHOLE = ("usable", "adopted")
_INSTALL = ("uv", "pip", "install", "--python")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*([<>=!~]=?[A-Za-z0-9.+*!<>=,~]+)?")


def mending(host: Host, wish: MachineWish, profile_id: str, *, adopt: bool = False) -> InstallWish:
    """What to install to mend the judged environment: what its findings name, or a profile. One that envdoc did not
    make is changed only with `adopt`: then it is recorded first, so that rollback restores it.

    Raises:
        UsageError: there is no environment that may be changed.
    """
    if wish.file:
        raise UsageError(text("errors", "no-mending"), hint=text("errors", "no-mending-hint"))
    machine = obtain(host, wish)
    target = machine.target
    if target.kind not in (TargetKind.VENV, TargetKind.CONDA):
        place = target.prefix or text("errors", "no-environment")
        raise UsageError(
            text("errors", "no-own-environment", place=place), hint=text("errors", "no-own-environment-hint")
        )
    ours = "state" in target.marker.or_else({})
    if not ours and not adopt:
        raise UsageError(
            text("errors", "not-made", root=target.prefix),
            hint=text("errors", "adopt-hint"),
            code="environment-not-ours",
        )
    named = () if profile_id else remedies(machine)
    return InstallWish(Wish(profile_id or "auto"), environment=target.prefix, adopt=not ours, mend=named)


def remedies(machine: Machine) -> tuple[str, ...]:
    """The requirements that mend every error of the environment, `numpy==2.2.6`; () where there is none, where one
    has no remedy of that kind, or where envdoc's own installation is not finished."""
    state = machine.target.marker.or_else({}).get("state", "usable")
    if state not in _WHOLE or not machine.target.torch.known:
        return ()
    checks = judge(machine, None, only=ENVIRONMENT_CHECKS).checks
    errors = [each for told in checks for each in told.findings if each.severity is Severity.ERROR]
    named = [_installs(each, machine) for each in errors]
    return tuple(dict.fromkeys(word for words in named for word in words)) if all(named) else ()


def _installs(found: Finding, machine: Machine) -> tuple[str, ...]:
    """What the first line of a remedy installs into this very environment, and nothing but that: a line of envdoc's
    own making, read as words and never started. Another index, or a package to be put in anew, is the user's."""
    python = machine.target.python.value
    for line in found.remediation.commands[:1]:
        words = quoting.words(line.command, machine.os.system)
        if python is not None and words[:5] == (*_INSTALL, python.path) and all(map(_PLAIN.fullmatch, words[5:])):
            return words[5:]
    return ()
