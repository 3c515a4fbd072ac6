"""What `envdoc check` does once its command line is understood. Imports no typer: see `cli.quick`."""

from __future__ import annotations

import time

from envdoc.cli import output
from envdoc.cli.forms import ReportFormat
from envdoc.model.finding import Report, exit_code
from envdoc.model.machine import Origin


def run(
    *,
    profile: str | None = None,
    env: str | None = None,
    python: str | None = None,
    machine: str | None = None,
    listing: str | None = None,
    online: bool = False,
    fresh: bool = False,
    only: list[str] | None = None,
    skip: list[str] | None = None,
    train: str | None = None,
    require: list[str] | None = None,
    list_checks: bool = False,
    strict: bool = False,
    form: str = ReportFormat.TEXT,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Check, print, and return the exit code."""
    from envdoc.workflow.check import check
    from envdoc.workflow.context import local_host
    from envdoc.workflow.wishes import MachineWish

    if list_checks:
        return _list()
    began = time.perf_counter()
    wish = MachineWish(machine or "", env or "", python or "", online=online, fresh=fresh, listing=listing or "")
    if listing and not train:
        from envdoc.cli.run_listing import run as run_listing

        names = (tuple(only or ()), tuple(skip or ()), tuple(require or ()))
        return run_listing(wish, profile or "", names, ReportFormat(form), strict, quiet, verbose)
    report = check(
        local_host(),
        wish,
        profile_id=profile or "",
        only=tuple(only or ()),
        skip=tuple(skip or ()),
        train=train or "",
        require=tuple(require or ()),
    )
    show(report, ReportFormat(form), strict, quiet, verbose, time.perf_counter() - began)
    return exit_code(report, strict=strict)


def show(
    report: Report,
    form: ReportFormat,
    strict: bool = False,
    quiet: bool = False,
    verbose: bool = False,
    spent: float = 0,
) -> None:
    """One report on stdout in its form."""
    if form is ReportFormat.JSON:
        from envdoc.render.document import report_document

        output.document(report_document(report, strict=strict))
    elif form is ReportFormat.MARKDOWN:
        from envdoc.render.markdown import report_markdown

        output.plain(report_markdown(report))
    elif form is ReportFormat.JUNIT:
        from envdoc.render.junit import report_junit

        output.final(report_junit(output.safe(report)))
    elif form is ReportFormat.GITHUB:
        from envdoc.render.github import report_annotations

        output.plain(report_annotations(report))
    else:
        from envdoc.render.text_report import report_lines

        output.lines(report_lines(report, quiet=quiet, verbose=verbose, seconds=spent))
        if verbose and report.methods:
            from envdoc.render.text_methods import method_lines

            output.lines(method_lines(report.methods))
        if verbose and report.machine.origin is not Origin.LISTED:
            _say_what_was_started()


def _say_what_was_started() -> None:
    from envdoc.findings import text
    from envdoc.render.lines import Line
    from envdoc.workflow.started import started

    told = started()
    output.lines([Line(text("render", "started", count=len(told)) if told else text("render", "nothing-started"))])
    output.lines(Line(each, mark="info", indent=2) for each in told)


def _list() -> int:
    from envdoc.doctor import checks
    from envdoc.training.config.checks import CHECKS

    rows: list[tuple[str, str, tuple[str, ...]]] = [(each.id, each.title, each.codes) for each in checks()]
    rows += [(each.id, each.title, each.codes) for each in CHECKS]
    for name, title, codes in rows:
        output.plain(f"{name:<28} {output.said(title)}: {', '.join(codes)}")
    return 0
