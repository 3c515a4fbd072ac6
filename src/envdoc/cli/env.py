"""`envdoc env`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption
from envdoc.model.finding import Shell


def register(app: typer.Typer) -> None:
    app.command("env", epilog='Example: eval "$(envdoc env --env .venv-rtx50-cu128 --shell bash)"')(env)


def env(
    environment: Annotated[str, typer.Option("--env", metavar="DIR", help="The environment: its folder.")],
    shell: Annotated[
        Shell | None, typer.Option("--shell", help="Only this shell's lines, ready to evaluate.")
    ] = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Print the variables of an environment and how each shell enters it."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.environment import entry

    found = entry(local_host(), environment)
    if found.left_out:
        output.talk(f"left out, for they hold a secret: {', '.join(found.left_out)}")
    if form is Format.JSON:
        from envdoc.render.document import envelope

        lines = {each.value: list(told) for each, told in found.lines.items()}
        output.document(envelope("env", 0, environment=found.environment, variables=found.variables, lines=lines))
    elif shell is not None:
        output.plain("\n".join(found.lines.get(shell, ())))
    else:
        for each, told in found.lines.items():
            output.plain("\n".join((f"# {each.value}", *told)))
