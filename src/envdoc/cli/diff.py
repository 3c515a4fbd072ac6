"""`envdoc diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption
from envdoc.cli.refuse import refuse
from envdoc.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command("diff", epilog="Example: envdoc diff before.json")(diff)


def diff(
    before: Annotated[
        str | None, typer.Argument(metavar="BEFORE", help="A snapshot, or an environment's folder.")
    ] = None,
    after: Annotated[
        str | None,
        typer.Argument(
            metavar="AFTER", help="A later one; without it this machine now, or the environment since it was proved."
        ),
    ] = None,
    many: Annotated[
        str | None, typer.Option("--many", metavar="DIR", help="All snapshots of a folder, in groups of those alike.")
    ] = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Say what changed between two snapshots, differs between two environments, or who of many snapshots stands out.

    Exit 1 if anything does.
    """
    if many is not None:
        from envdoc.cli.run_many import run

        refuse({"BEFORE": before, "AFTER": after}, "is one snapshot, and --many reads a folder of them")
        raise typer.Exit(run(many, form))
    if before is None:
        raise UsageError("missing argument 'BEFORE'", hint="name a snapshot, or a folder of them with `--many DIR`")
    from envdoc.model.codec import encode
    from envdoc.workflow.context import local_host
    from envdoc.workflow.diff import diff as work
    from envdoc.workflow.diff_environments import is_environment

    if is_environment(local_host(), before):
        raise typer.Exit(_environments(before, after or "", form))
    found = work(local_host(), before, after or "")
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("diff", int(bool(found)), changes=encode(found)))
    else:
        output.plain(
            "\n".join(f"{c.place}: {c.before or 'absent'} -> {c.after or 'absent'}" for c in found) or "no change"
        )
    raise typer.Exit(int(bool(found)))


def _environments(before: str, after: str, form: Format) -> int:
    from envdoc.workflow.context import local_host
    from envdoc.workflow.diff_environments import diff as work

    found = work(local_host(), before, after)
    code = int(bool(found.differences or found.findings))
    if form is Format.JSON:
        from envdoc.model.codec import encode
        from envdoc.render.document import envelope

        output.document(envelope("diff", code, found.findings, differences=encode(found.differences)))
    else:
        from envdoc.render.text_diff import environment_lines

        output.lines(environment_lines(found, local_host().system))
    return code
