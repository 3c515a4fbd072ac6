"""`envdoc methods`."""

from __future__ import annotations

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import EnvOption, FormatOption, MachineOption, PythonOption


def register(app: typer.Typer) -> None:
    app.command("methods", epilog="Example: envdoc methods --env .venv")(methods)


def methods(
    env: EnvOption = None,
    python: PythonOption = None,
    machine: MachineOption = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Say which ways of quantizing, attending, sharding and computing work here, with which package, and why not."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.methods import methods as work
    from envdoc.workflow.wishes import MachineWish

    told = work(local_host(), MachineWish(file=machine or "", env=env or "", python=python or ""))
    if form is Format.JSON:
        from envdoc.model.codec import encode
        from envdoc.render.document import envelope

        output.document(envelope("methods", 0, methods=[encode(each) for each in told]))
        return
    from envdoc.render.text_methods import method_lines

    output.lines(method_lines(told))
