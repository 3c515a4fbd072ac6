"""`envdoc report`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import EnvOption, FormatOption, MachineOption, PythonOption


def register(app: typer.Typer) -> None:
    app.command("report", epilog="Example: envdoc report train.log --for bitsandbytes -o report.json")(report)


def report(
    log: Annotated[str | None, typer.Argument(metavar="LOGFILE", help="The failing log; its end is taken.")] = None,
    project: Annotated[
        str | None, typer.Option("--for", metavar="PROJECT", help="Whose issue form; else the log decides.")
    ] = None,
    file: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write the redacted file to attach.")
    ] = None,
    env: EnvOption = None,
    python: PythonOption = None,
    machine: MachineOption = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Prepare a redacted report and a ready text for the right project's issue form. Sends nothing."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.report import report as work
    from envdoc.workflow.wishes import MachineWish

    wish = MachineWish(file=machine or "", env=env or "", python=python or "")
    done = work(local_host(), wish, log or "", project=project or "", output=file or "")
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(
            envelope(
                "report",
                0,
                project=done.project,
                url=done.url,
                text=done.text,
                file=done.file or None,
                taken_out=done.taken_out,
            )
        )
        return
    output.plain(done.text)
    output.talk(f"For {done.project}: paste this into {done.url} and fill in what says TODO")
    places = f" (the log: {done.taken_out} place{'' if done.taken_out == 1 else 's'})" if log else ""
    output.talk(f"Names, addresses and secrets were taken out{places}; read it once more before you send it")
    if done.file:
        output.talk(f"The file to attach: {done.file}")
