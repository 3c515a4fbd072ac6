"""`envdoc check`."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.options import (
    EnvOption,
    FreshOption,
    MachineOption,
    OnlineOption,
    ProfileOption,
    PythonOption,
    QuietOption,
    ReportFormat,
    ReportFormatOption,
    StrictOption,
    VerboseOption,
)
from envdoc.model.finding import Report, exit_code

ListOption = Annotated[bool, typer.Option("--list", help="List the checks and the codes they may find.")]
OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", metavar="C", help="Only this check or code; repeat for more.")
]
SkipOption = Annotated[
    list[str] | None, typer.Option("--skip", metavar="C", help="Not this check or code; repeat for more.")
]


def register(app: typer.Typer) -> None:
    app.command("check", epilog="Example: envdoc check --profile rtx50-cu128 --env .venv")(check)


def check(
    profile: ProfileOption = None,
    env: EnvOption = None,
    python: PythonOption = None,
    machine: MachineOption = None,
    online: OnlineOption = False,
    fresh: FreshOption = False,
    only: OnlyOption = None,
    skip: SkipOption = None,
    list_checks: ListOption = False,
    strict: StrictOption = False,
    form: ReportFormatOption = ReportFormat.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Judge this machine and an environment on it. Changes nothing."""
    from envdoc.workflow.check import check as work
    from envdoc.workflow.context import local_host
    from envdoc.workflow.machine import MachineWish

    if list_checks:
        return _list()
    began = time.perf_counter()
    wish = MachineWish(file=machine or "", env=env or "", python=python or "", online=online, fresh=fresh)
    report = work(local_host(), wish, profile_id=profile or "", only=tuple(only or ()), skip=tuple(skip or ()))
    _print(report, form, strict, quiet, verbose, time.perf_counter() - began)
    raise typer.Exit(exit_code(report.findings, strict=strict))


def _print(report: Report, form: ReportFormat, strict: bool, quiet: bool, verbose: bool, seconds: float) -> None:
    if form is ReportFormat.JSON:
        from envdoc.render.document import report_document

        output.document(report_document(report, strict=strict))
    elif form is ReportFormat.MARKDOWN:
        from envdoc.render.markdown import report_markdown

        output.plain(report_markdown(report))
    elif form is ReportFormat.JUNIT:
        from envdoc.render.junit import report_junit

        output.plain(report_junit(report))
    elif form is ReportFormat.GITHUB:
        from envdoc.render.github import report_annotations

        output.plain(report_annotations(report))
    else:
        from envdoc.render.text_report import report_lines

        output.lines(report_lines(report, quiet=quiet, verbose=verbose, seconds=seconds))


def _list() -> None:
    from envdoc.doctor import checks

    for each in checks():
        output.plain(f"{each.id:<28} {each.title}: {', '.join(each.codes)}")
