"""`check` for a person: one line a subject, what needs attention in full, a summary, the next command last."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc import __version__
from envdoc.model.finding import CheckStatus, Finding, Report, Severity, Shell
from envdoc.model.machine import Machine, Origin, System, TargetKind
from envdoc.render.lines import Line
from envdoc.render.text_checks import check_lines

_SEVERITY_MARK = {Severity.ERROR: "fail", Severity.WARNING: "warn", Severity.INFO: "info"}
_SHELL_NAMES = {Shell.ANY: "", Shell.BASH: "bash: ", Shell.CMD: "cmd: ", Shell.POWERSHELL: "PowerShell: "}


def report_lines(
    report: Report, *, quiet: bool = False, verbose: bool = False, seconds: float = 0.0
) -> Iterator[Line]:
    """The whole report. `quiet` leaves out what is well; `verbose` shows each check, with its duration."""
    yield from header_lines(report.machine, report.profile)
    yield Line()
    yield from check_lines(report, quiet=quiet, verbose=verbose)
    for finding in report.findings:
        yield Line()
        yield from finding_lines(finding, report.machine.os.system)
    yield Line()
    yield Line(summary(report, seconds), style="bold")
    for each in report.next_commands:
        yield Line(f"Next: {each.command}", fixed=True)


def header_lines(machine: Machine, profile: str) -> Iterator[Line]:
    """Which environment is judged, on which machine, against which profile, and what was overridden."""
    yield Line(f"envdoc {__version__} judges {target_words(machine)}", style="bold")
    yield Line(f"on {machine_words(machine)}")
    if profile:
        yield Line(f"against the profile {profile}")
    if machine.origin is not Origin.PROBED:
        note = f": {machine.note}" if machine.note else ""
        yield Line(f"from a {machine.origin.value} machine{note}", style="yellow")
    for each in machine.overrides:
        yield Line(f"{each.fact} is overridden by {each.by}: {each.value}", style="yellow")


def target_words(machine: Machine) -> str:
    target = machine.target
    if target.kind is TargetKind.NONE or target.python.value is None:
        return "no environment (no Python was found to judge)"
    return f"Python {target.python.value.version} in {target.prefix} ({target.chosen_by})"


def machine_words(machine: Machine) -> str:
    system = machine.os.name.or_else(machine.os.system.value)
    parts = [f"{system} {machine.os.arch}"]
    if machine.os.wsl.value:
        parts.append(f"WSL {machine.os.wsl.value}")
    if machine.os.container.value not in (None, "none"):
        parts.append(f"in {machine.os.container.value}")
    return ", ".join(parts)


def finding_lines(finding: Finding, system: System) -> Iterator[Line]:
    """One finding in full: what, why, the commands for this system's shells, where to read more."""
    yield Line(f"{finding.code}: {finding.summary}", mark=_SEVERITY_MARK[finding.severity], style="bold")
    if finding.where:
        yield Line(str(finding.where), indent=4)
    for each in finding.evidence:
        yield Line(each, indent=4)
    if finding.remediation.text:
        yield Line(finding.remediation.text, mark="step", indent=2)
    for command in finding.remediation.commands:
        if _for_system(command.shell, system):
            yield Line(_SHELL_NAMES[command.shell] + command.command, mark="command", indent=4, fixed=True)
    for link in finding.links:
        yield Line(link, indent=4, style="dim", fixed=True)


def _for_system(shell: Shell, system: System) -> bool:
    if shell is Shell.BASH:
        return system is not System.WINDOWS
    return shell is Shell.ANY or system is System.WINDOWS


def summary(report: Report, seconds: float) -> str:
    """`2 errors, 1 warning, 30 passed, 3 not checked in 0.12 s`."""
    errors = sum(finding.severity is Severity.ERROR for finding in report.findings)
    warnings = sum(finding.severity is Severity.WARNING for finding in report.findings)
    passed = sum(result.status is CheckStatus.PASS for result in report.checks)
    unseen = sum(result.status is CheckStatus.NOT_CHECKED for result in report.checks)
    crashed = sum(result.status is CheckStatus.CRASH for result in report.checks)
    parts = [_count(errors, "error"), _count(warnings, "warning"), f"{passed} passed", f"{unseen} not checked"]
    if crashed:
        parts.append(f"{crashed} crashed (a bug of envdoc)")
    return ", ".join(parts) + (f" in {seconds:.2f} s" if seconds else "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
