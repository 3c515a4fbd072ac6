"""`envdoc snapshot`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import EnvOption, FormatOption, OnlineOption, PythonOption

RawOption = Annotated[
    bool,
    typer.Option("--raw", help="Instead: what files, programs and drivers answered, for a bug report."),
]


def register(app: typer.Typer) -> None:
    app.command("snapshot", epilog="Example: envdoc snapshot -o machine.json")(snapshot)


def snapshot(
    out: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; `-` for stdout.")
    ] = "machine.json",
    env: EnvOption = None,
    python: PythonOption = None,
    online: OnlineOption = False,
    have: Annotated[
        list[str] | None,
        typer.Option("--have", metavar="PATH", help="Say too whether this path or hub model is here; repeat."),
    ] = None,
    raw: RawOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Write this machine's facts, redacted, to a file that `--machine` reads anywhere."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.snapshot import contents
    from envdoc.workflow.snapshot import snapshot as work
    from envdoc.workflow.wishes import MachineWish

    wish = MachineWish(env=env or "", python=python or "", online=online, fresh=True, thorough=True)
    paths = tuple(have or ())
    if out == "-":
        output.document(contents(local_host(), wish, paths, raw=raw))
        return
    work(local_host(), wish, out, paths, raw=raw)
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("snapshot", 0, file=out))
    else:
        output.plain(f"{out}: written; user name, home, host name, identifiers and credentials are replaced")
