"""`envdoc hosts`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import EnvOption, FormatOption, YesOption


def register(app: typer.Typer) -> None:
    app.command("hosts", epilog="Example: envdoc hosts hostfile -o fleet")(hosts)


def hosts(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A machine in each line; `slurm`: those of this job.")],
    out: Annotated[str, typer.Option("-o", "--output", metavar="DIR", help="Where the files are written.")],
    env: EnvOption = None,
    have: Annotated[
        list[str] | None, typer.Option("--have", metavar="PATH", help="Every machine must have it; repeat for more.")
    ] = None,
    remote_envdoc: Annotated[
        str, typer.Option("--remote-envdoc", metavar="PATH", help="Where envdoc is on the machines.")
    ] = "envdoc",
    yes: YesOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Write an Ansible inventory, a play that collects snapshots, and a script for facts.d. Asks no machine."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.fleet_files import write
    from envdoc.workflow.wishes import FleetWish

    wish = FleetWish(file, env or "", tuple(have or ()), envdoc=remote_envdoc)
    names = write(local_host(), wish, out, over=yes)
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("hosts", 0, folder=out, files=list(names)))
        return
    from envdoc.render.text_fleet import written_lines

    output.lines(written_lines(out, names))
