"""`envdoc download`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import EnvOption, FormatOption


class Hub(StrEnum):
    HUGGINGFACE = "huggingface"
    MODELSCOPE = "modelscope"


class Kind(StrEnum):
    MODEL = "model"
    DATASET = "dataset"


def register(app: typer.Typer) -> None:
    app.command("download", epilog="Example: envdoc download Qwen/Qwen3-8B --env .venv --to models/qwen3-8b")(
        download
    )


def download(
    repo: Annotated[str, typer.Argument(metavar="REPO", help="ORGANISATION/NAME.")],
    env: EnvOption = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DIR", help="Its folder [default: the hub's cache].")
    ] = None,
    source: Annotated[Hub, typer.Option("--from", help="Whose hub.")] = Hub.HUGGINGFACE,
    kind: Annotated[Kind, typer.Option("--kind", help="What it is.")] = Kind.MODEL,
    mirror: Annotated[
        str | None, typer.Option("--mirror", metavar="NAME|URL", help="A mirror of Hugging Face.")
    ] = None,
    start: Annotated[bool, typer.Option("--run", help="Start it; without, the lines to paste are printed.")] = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Print (or run) the download of a model or data set by the client that an environment has. It can be resumed."""
    from envdoc.model.finding import findings_code
    from envdoc.workflow.context import local_host
    from envdoc.workflow.download import DownloadWish, plan, run

    host = local_host()
    wish = DownloadWish(repo, env or "", to or "", source.value, kind.value, mirror or "")
    found = plan(host, wish)
    code = findings_code(found.findings)
    lines = found.lines(host.system)
    if form is Format.JSON:
        from envdoc.render.document import envelope

        more = {"lines": list(lines), "variables": found.variables, "hub": found.hub}
        output.document(envelope("download", code, found.findings, **more))
        raise typer.Exit(code)
    from envdoc.render.text_report import finding_lines

    for each in found.findings:
        output.lines(finding_lines(each, host.system))
    if not start or code:
        output.plain("\n".join(lines))
        raise typer.Exit(code)
    raise typer.Exit(int(bool(run(host, found, output.live))))
