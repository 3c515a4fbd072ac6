"""`envdoc profiles list | show | validate`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import FormatOption
from envdoc.errors import ExitCode


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="List, show and validate profiles.", no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(list_profiles)
    group.command("show")(show)
    group.command("validate")(validate)
    app.add_typer(group, name="profiles")


def list_profiles(form: FormatOption = Format.TEXT) -> None:
    """List the shipped profiles and your own."""
    from envdoc.model.codec import encode
    from envdoc.workflow.context import local_host, profiles

    every = profiles(local_host())
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("profiles", 0, profiles=[encode(each) for each in every.values()]))
        return
    width = max(map(len, every))
    for each in every.values():
        mark = "" if each.origin == "shipped" else f" ({each.origin})"
        output.plain(f"{each.id:<{width}}  {each.title}{mark}")


def show(
    profile_id: Annotated[str, typer.Argument(metavar="ID", help="A profile's id, or a YAML file.")],
    form: FormatOption = Format.TEXT,
) -> None:
    """Print one profile as it is used."""
    from envdoc.model.codec import encode
    from envdoc.workflow.context import local_host, profile

    found = encode(profile(local_host(), profile_id))
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("profiles", 0, profiles=[found]))
        return
    import yaml

    output.plain(yaml.safe_dump(output.safe(found), sort_keys=False, allow_unicode=True))


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Profile files.")],
    form: FormatOption = Format.TEXT,
) -> None:
    """Check profile files; all mistakes at once, each with file, line and what to write instead."""
    from envdoc.knowledge.profiles import validate as work

    mistakes = [str(each) for each in work(files)]
    code = ExitCode.USAGE if mistakes else ExitCode.OK
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("profiles", code, mistakes=mistakes))
    else:
        output.plain("\n".join(mistakes) or f"{len(files)} valid")
    raise typer.Exit(code)
