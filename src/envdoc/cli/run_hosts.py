"""What `envdoc check --hosts` does once its command line is understood."""

from __future__ import annotations

import sys

from envdoc.cli import output
from envdoc.cli.forms import ReportFormat
from envdoc.errors import UsageError
from envdoc.model.finding import findings_code
from envdoc.model.fleet import HostAnswer
from envdoc.workflow.wishes import FleetWish


def run_train(wish: FleetWish, train: str, form: ReportFormat, *, strict: bool = False, quiet: bool = False) -> int:
    """The same; what a training file names must be on every machine too."""
    if train:
        from envdoc.model.value import replace
        from envdoc.workflow.context import local_host
        from envdoc.workflow.fleet import paths_of

        wish = replace(wish, paths=tuple(dict.fromkeys((*wish.paths, *paths_of(local_host(), train)))))
    return run(wish, form, strict=strict, quiet=quiet)


def run(wish: FleetWish, form: ReportFormat, *, strict: bool = False, quiet: bool = False) -> int:
    """Ask all machines, print, and return the exit code."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.fleet import check_hosts

    if form not in (ReportFormat.TEXT, ReportFormat.JSON):
        raise UsageError(f"`--hosts` has no form `{form.value}`", hint="take --format text or json with it")
    report = check_hosts(local_host(), wish, None if quiet else _progress)
    code = findings_code(report.findings, strict=strict)
    if form is ReportFormat.JSON:
        from envdoc.render.fleet_document import fleet_document

        output.document(fleet_document(report, code))
    else:
        from envdoc.render.text_fleet import fleet_lines

        output.lines(fleet_lines(report, quiet=quiet))
    return code


def _progress(answer: HostAnswer, number: int, count: int) -> None:
    """On stderr, on a terminal only: who has answered."""
    if sys.stderr.isatty():
        from envdoc.findings import text

        output.talk(output.said(text("fleet", "asked", host=answer.name, number=number, count=count)))
