"""`envdoc rollback`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption, YesOption
from envdoc.errors import ExitCode, UsageError
from envdoc.model.finding import findings_code

_SHOWN = 40


def register(app: typer.Typer) -> None:
    app.command("rollback", epilog="Example: envdoc rollback --env .venv")(rollback)


def rollback(
    env: Annotated[str, typer.Option("--env", metavar="DIR", help="The environment: its folder.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take away an environment that envdoc made.")] = False,
    yes: YesOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Give an adopted environment back as it was, or remove one that envdoc made."""
    from envdoc.findings import text
    from envdoc.workflow.context import local_host
    from envdoc.workflow.undo import rollback as work
    from envdoc.workflow.undo import takes_away

    theirs = () if remove else takes_away(local_host(), env)
    if theirs:
        output.talk(text("render", "undone-as-well"))
        for each in theirs[:_SHOWN]:
            output.talk(f"  {each}")
        if len(theirs) > _SHOWN:
            output.talk(text("render", "further", count=len(theirs) - _SHOWN))
    if not yes:
        if not output.interactive():
            raise UsageError(text("errors", "nobody-to-ask"), hint=text("errors", "nobody-to-ask-hint"))
        question = text("render", "ask-remove" if remove else "ask-restore", environment=env)
        if not typer.confirm(output.said(question, sys.stderr), err=True):
            raise typer.Exit(ExitCode.OK)
    result = work(local_host(), env, remove=remove)
    code = findings_code(result.findings)
    if form is Format.JSON:
        from envdoc.render.document import install_document

        output.document(install_document(result, None, command="rollback", code=code))
    else:
        from envdoc.render.text_plan import undo_lines

        output.lines(undo_lines(result, local_host().system))
    raise typer.Exit(code)
