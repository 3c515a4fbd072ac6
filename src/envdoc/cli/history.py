"""`envdoc history`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption


def register(app: typer.Typer) -> None:
    app.command("history", epilog="Example: envdoc history --env .venv")(history)


def history(
    env: Annotated[str, typer.Option("--env", metavar="DIR", help="The environment: its folder.")],
    form: FormatOption = Format.TEXT,
) -> None:
    """Tell what envdoc did to an environment, from its journal."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.undo import history as work

    entries = work(local_host(), env)
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("history", 0, environment=env, entries=entries))
        return
    for entry in entries:
        parts = (entry.get("time", ""), entry["event"], entry.get("step", ""), entry.get("detail", ""))
        output.plain("  ".join(str(part) for part in parts if part))
