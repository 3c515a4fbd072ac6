"""`check` for a person: one line a subject, what needs attention in full, a summary, the next command last."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc import __version__
from envdoc.findings import text, worded
from envdoc.model.finding import CheckStatus, Command, Finding, Report, Severity, Shell
from envdoc.model.machine import ASSUMED, Listing, Machine, Origin, System, TargetKind
from envdoc.model.text import joined
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
        yield Line(text("render", "next", command=each.command), fixed=True)


def header_lines(machine: Machine, profile: str) -> Iterator[Line]:
    """Which environment is judged, on which machine, against which profile, and what was overridden."""
    yield Line(text("render", "judges", version=__version__, what=target_words(machine)), style="bold")
    yield Line(text("render", "on-machine", machine=machine_words(machine)))
    if profile:
        yield Line(text("render", "against", profile=profile))
    yield from origin_lines(machine, machine.note)


def origin_lines(machine: Machine, note: str = "") -> Iterator[Line]:
    """That the machine was not probed here, and what was overridden."""
    if machine.origin is Origin.LISTED:
        yield Line(_listed(machine.listing), style="yellow")
    elif machine.origin is not Origin.PROBED:
        origin = text("render", f"origin-{machine.origin.value}")
        yield Line(text("render", "from-machine", origin=origin, note=note), style="yellow")
    for each in machine.overrides:
        name = "assumed" if each.by == ASSUMED else "overridden"
        told = text("render", name, fact=each.fact, by=each.by, value=worded("facts", each.value))
        yield Line(told, style="yellow")


def _listed(listing: Listing) -> str:
    parts = joined(
        (
            text("checks", "listing-part", program=each.program, first=each.first, last=each.last)
            for each in listing.parts
        ),
        "; ",
    )
    name = "listed" if listing.of == 1 else "listed-one-of"
    return text("render", name, parts=parts, number=listing.number, of=listing.of)


def target_words(machine: Machine) -> str:
    target = machine.target
    if target.kind is TargetKind.NONE or target.python.value is None:
        return text("render", "no-environment")
    version = target.python.value.version
    return text(
        "render", "environment", version=version, prefix=target.prefix, chosen=worded("facts", target.chosen_by)
    )


def machine_words(machine: Machine) -> str:
    system = machine.os.name.or_else(machine.os.system.value)
    parts = [f"{system} {machine.os.arch}"]
    if machine.os.wsl.value:
        parts.append(f"WSL {machine.os.wsl.value}")
    if machine.os.container.value not in (None, "none"):
        parts.append(text("render", "in-container", container=machine.os.container.value))
    return joined(parts)


def finding_lines(finding: Finding, system: System) -> Iterator[Line]:
    """One finding in full: what, why, the commands for this system's shells, where to read more."""
    yield Line(
        text("render", "finding", code=finding.code, summary=finding.summary),
        mark=_SEVERITY_MARK[finding.severity],
        style="bold",
    )
    if finding.where:
        yield Line(str(finding.where), indent=4)
    for each in finding.evidence:
        yield Line(each, indent=4)
    if finding.remediation.text:
        yield Line(finding.remediation.text, mark="step", indent=2)
    for command in finding.remediation.commands:
        if _for_system(command.shell, system):
            yield command_line(command)
    for link in finding.links:
        yield Line(link, indent=4, style="dim", fixed=True)


def command_line(command: Command) -> Line:
    """A command to paste, after the name of the shell that it is for."""
    return Line(_SHELL_NAMES[command.shell] + command.command, mark="command", indent=4, fixed=True)


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
    parts = [_count(errors, "errors"), _count(warnings, "warnings")]
    parts += [text("render", "count-passed", count=passed), text("render", "count-not-checked", count=unseen)]
    if crashed:
        parts.append(text("render", "count-crashes", count=crashed))
    counts = joined(parts)
    return text("render", "in-seconds", counts=counts, seconds=f"{seconds:.2f}") if seconds else counts


def _count(number: int, what: str) -> str:
    return text("render", f"count-{what}-1" if number == 1 else f"count-{what}", count=number)
