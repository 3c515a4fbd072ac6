"""`envdoc tools`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption, YesOption
from envdoc.errors import UsageError

if TYPE_CHECKING:
    from envdoc.workflow.tools import Needed


def register(app: typer.Typer) -> None:
    app.command("tools", epilog="Example: envdoc tools cmake ninja --run")(tools)


def tools(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="cmake, ninja, ccache, compiler, cuda-toolkit, …")
    ] = None,
    start: Annotated[bool, typer.Option("--run", help="Install what lacks; asks first.")] = False,
    yes: YesOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Say what builds from source need, what of it is here, and the lines that bring the rest; run them if asked."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.tools import needed

    if yes and not start:
        raise UsageError("`--yes` agrees to `--run`, and `--run` is not there", hint="add `--run`, or leave it out")
    found = needed(local_host(), names or ())
    if start:
        _run([each for each in found if each.lacks], yes)
        found = needed(local_host(), names or ())
    code = int(any(each.lacks for each in found)) if names or start else 0
    _show(found, form, code)
    raise typer.Exit(code)


def _run(lacking: list[Needed], yes: bool) -> None:
    from envdoc.findings import text
    from envdoc.workflow.context import local_host
    from envdoc.workflow.tools import run, runnable

    lines = {each.name: runnable(local_host(), each) for each in lacking}
    for words in lines.values():
        if words:
            output.talk(f"$ {' '.join(words)}")
    if not any(lines.values()):
        return
    if not yes:
        if not output.interactive():
            raise UsageError(text("errors", "nobody-to-ask"), hint=text("errors", "nobody-to-ask-tools"))
        if not typer.confirm(output.said(text("render", "go-ahead")), err=True):
            return
    for name, words in lines.items():
        if words and not run(local_host(), words, output.talk):
            output.talk(f"error: {name}: {' '.join(words)}")


def _show(found: tuple[Needed, ...], form: Format, code: int) -> None:
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("tools", code, tools=[_row(each) for each in found]))
        return
    from envdoc.render.text_tools import tool_lines

    output.lines(tool_lines((each.name, each.have, each.lines) for each in found))


def _row(tool: Needed) -> dict[str, Any]:
    state = "here" if tool.have.known else "absent" if tool.lacks else "unknown"
    commands = [{"shell": line.shell.value, "command": line.command} for line in tool.lines]
    return {"name": tool.name, "version": tool.have.value, "state": state, "commands": commands}
