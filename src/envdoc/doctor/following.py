"""The command to run next: one that mends what is wrong, or the proof when all is well."""

from __future__ import annotations

from envdoc.doctor.base import Case
from envdoc.doctor.look import has_gpu
from envdoc.doctor.picks import install_command
from envdoc.doctor.words import run
from envdoc.model.finding import CheckStatus, Command, Report, Severity, Shell
from envdoc.model.machine import Origin
from envdoc.rules import commands

# Findings that a new environment does not mend: the machine comes first, in this order.
_MACHINE_FIRST = (
    "could-not-look",
    "no-driver",
    "driver-not-loaded",
    "nouveau-driver",
    "driver-too-old",
    "driver-too-old-for-gpu",
    "driver-dropped-gpu",
    "cuda-init-failed",
    "libcuda-unusable",
    "cuda-not-ready",
    "cuda-compat-unsupported",
    "visible-devices-hide-all",
    "visible-devices-missing",
    "visible-devices-syntax",
    "visible-devices-duplicate",
)

_WRONG_PROFILE = {"system-outside-profile", "gpu-outside-profile", "driver-too-old-for-profile"}
_NAMED = ("--env", "--python")
_NOTHING_YET = {"nothing-installed", "python-missing", "python-store-stub"}


def next_commands(case: Case, report: Report) -> tuple[Command, ...]:
    """What to run next: nothing where the machine is broken (its finding says what to do), the first remedy
    of what is wrong with the machine, `envdoc install` for the environment, `envdoc smoke` when all is well.
    Where a check crashed, what to send to envdoc's makers."""
    findings = report.findings
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    codes = {finding.code for finding in findings}
    if any(finding.machine_broken for finding in errors):
        return ()
    if case.wants_gpu and not has_gpu(case) and "no-gpu" in codes:
        return _without_gpu(case, {finding.code for finding in errors})
    for finding in errors:
        if finding.code in _MACHINE_FIRST:
            return _first(finding.remediation.commands) or run("envdoc check")
    if codes & _WRONG_PROFILE:
        return run("envdoc resolve --profile auto")
    if len(errors) == 1 and not set(install_command(case)) & set(errors[0].remediation.commands):
        return _first(errors[0].remediation.commands) or run(f"envdoc explain {errors[0].code}")
    if errors or codes & _NOTHING_YET:
        return install_command(case)
    if case.machine.origin is Origin.LISTED:
        return ()  # nothing here can prove what stands elsewhere
    crashed = any(check.status is CheckStatus.CRASH for check in report.checks)
    return run("envdoc report") if crashed else _prove(case)


def _prove(case: Case) -> tuple[Command, ...]:
    """The proofs of the environment that was judged: where it was named, it is named again."""
    target, python = case.machine.target, case.machine.target.python.value
    named = ("--python", python.path) if python is not None and target.chosen_by in _NAMED else ()
    return commands.command("envdoc", "smoke", *named, system=case.machine.os.system)


def _without_gpu(case: Case, errors: set[str]) -> tuple[Command, ...]:
    """A named profile for GPUs may be meant for another machine (an image build); else the CPU is what is left."""
    if case.profile is not None and errors - {"no-gpu", "no-driver"}:
        return install_command(case)
    return run("envdoc check --profile cpu")


def _first(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    """The first of several ways: one command, or the same one for each shell."""
    shells: list[Shell] = []
    for command in commands:
        if command.shell in shells or (shells and Shell.ANY in (command.shell, shells[0])):
            break
        shells.append(command.shell)
    return commands[: len(shells)]
