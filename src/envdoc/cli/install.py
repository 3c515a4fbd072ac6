"""`envdoc install`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from envdoc.cli.forms import Format
from envdoc.cli.options import (
    FormatOption,
    ForModelOption,
    GpuOption,
    MirrorOption,
    QuietOption,
    SourceOption,
    TorchOption,
    VerboseOption,
    WithOption,
    WithoutOption,
    YesOption,
)
from envdoc.cli.run_install import run


class Engine(StrEnum):
    UV = "uv"
    PIP = "pip"
    CONDA = "conda"


EnvironmentOption = Annotated[
    str | None, typer.Option("--env", metavar="DIR", help="Where the environment goes [default: .venv-PROFILE].")
]
AcceptOption = Annotated[
    list[str] | None,
    typer.Option("--accept", metavar="NAME", help="Agree to binaries of this third party; `--yes` alone does not."),
]
AdoptOption = Annotated[
    bool, typer.Option("--adopt", help="Change an environment that envdoc did not make; recorded first for rollback.")
]


def register(app: typer.Typer) -> None:
    app.command("install", epilog="Example: envdoc install --profile rtx50-cu128 --env .venv")(install)


def install(
    profile: Annotated[
        str, typer.Option("--profile", metavar="ID|auto", help="What to build; auto: what fits.")
    ] = "auto",
    env: EnvironmentOption = None,
    torch: TorchOption = None,
    python: Annotated[str | None, typer.Option("--python", metavar="V", help="This Python version, `3.12`.")] = None,
    gpu: GpuOption = None,
    with_: WithOption = None,
    without: WithoutOption = None,
    source: SourceOption = None,
    engine: Annotated[Engine, typer.Option("--engine", help="What installs packages.")] = Engine.UV,
    mirror: MirrorOption = None,
    for_model: ForModelOption = None,
    offline: Annotated[
        str | None, typer.Option("--offline", metavar="DIR", help="Install from this bundle, without any network.")
    ] = None,
    adopt: AdoptOption = False,
    accept: AcceptOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop.")] = False,
    yes: YesOption = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Build a training environment, check it and prove it. Asks before it changes anything."""
    raise typer.Exit(
        run(
            profile=profile,
            env=env,
            torch=torch,
            python=python,
            gpu=gpu,
            with_=with_,
            without=without,
            source=source,
            engine=engine,
            mirror=mirror,
            for_model=for_model,
            offline=offline,
            adopt=adopt,
            accept=accept,
            dry_run=dry_run,
            yes=yes,
            form=form,
            quiet=quiet,
            verbose=verbose,
        )
    )
