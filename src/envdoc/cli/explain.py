"""`envdoc explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.language import wished
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
    from envdoc.workflow import explain as work

    language = output.language() if form is Format.TEXT else wished()
    if list_codes:
        text = work.listing(language)
    elif code:
        text = work.explain(code, language)
    else:
        raise UsageError("a CODE is missing", hint="`envdoc explain --list` lists them")
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("explain", 0, code=work.named(code) if code else None, text=text))
    else:
        output.plain(text)
