"""What `envdoc check --listing FILE` does: one report a machine that the text tells of."""

from __future__ import annotations

from envdoc.cli import output
from envdoc.cli.forms import ReportFormat
from envdoc.errors import UsageError
from envdoc.model.finding import Report, exit_code
from envdoc.workflow.wishes import MachineWish

Names = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # of --only, --skip, --require
_ALONE = (ReportFormat.JUNIT, ReportFormat.GITHUB)


def run(
    wish: MachineWish, profile: str, names: Names, form: ReportFormat, strict: bool, quiet: bool, verbose: bool
) -> int:
    """Judge, print, and return the worst exit code.

    Raises:
        UsageError: a form that holds one report, and a text that tells of several machines.
    """
    from envdoc.workflow.check import check_listing
    from envdoc.workflow.context import local_host

    only, skip, require = names
    reports = check_listing(local_host(), wish, profile_id=profile, only=only, skip=skip, require=require)
    if len(reports) > 1 and form in _ALONE:
        raise UsageError(
            f"the text tells of {len(reports)} machines, and `--format {form.value}` holds one",
            hint="take text or json",
        )
    if form is ReportFormat.JSON:
        output.document(_document(reports, strict))
    else:
        _show(reports, form, strict, quiet, verbose)
    return max(exit_code(report, strict=strict) for report in reports)


def _document(reports: tuple[Report, ...], strict: bool) -> dict[str, object]:
    """The first machine's document; where there are several, all of theirs stand below `machines`."""
    from envdoc.render.document import report_document

    documents = [report_document(report, strict=strict) for report in reports]
    if len(documents) == 1:
        return documents[0]
    worst = max(int(document["exit_code"]) for document in documents)
    return {**documents[0], "exit_code": worst, "machines": documents}


def _show(reports: tuple[Report, ...], form: ReportFormat, strict: bool, quiet: bool, verbose: bool) -> None:
    from envdoc.cli.run_check import show

    for number, report in enumerate(reports):
        if number:
            output.plain("")
        show(report, form, strict, quiet, verbose)
