"""`envdoc explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption
from envdoc.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command("explain", epilog="Example: envdoc explain torch-cpu-build")(explain)


def explain(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="A finding's code.")] = None,
    list_codes: Annotated[bool, typer.Option("--list", help="List all codes.")] = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Print what a finding's code means, why it happens and what mends it."""
    from envdoc.workflow.explain import codes
    from envdoc.workflow.explain import explain as page

    if list_codes:
        text = "\n".join(codes())
    elif code:
        text = page(code)
    else:
        raise UsageError("a CODE is missing", hint="`envdoc explain --list` lists them")
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("explain", 0, code=code, text=text))
    else:
        output.plain(text)
