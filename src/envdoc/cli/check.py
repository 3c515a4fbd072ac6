"""`envdoc check`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli.forms import ReportFormat
from envdoc.cli.options import (
    EnvOption,
    FreshOption,
    MachineOption,
    OnlineOption,
    ProfileOption,
    PythonOption,
    QuietOption,
    ReportFormatOption,
    StrictOption,
    VerboseOption,
)
from envdoc.cli.run_check import run

ListOption = Annotated[bool, typer.Option("--list", help="List the checks and the codes they may find.")]
OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", metavar="C", help="Only this check or code; repeat for more.")
]
SkipOption = Annotated[
    list[str] | None, typer.Option("--skip", metavar="C", help="Not this check or code; repeat for more.")
]


def register(app: typer.Typer) -> None:
    app.command("check", epilog="Example: envdoc check --profile rtx50-cu128 --env .venv")(check)


def check(
    profile: ProfileOption = None,
    env: EnvOption = None,
    python: PythonOption = None,
    machine: MachineOption = None,
    online: OnlineOption = False,
    fresh: FreshOption = False,
    only: OnlyOption = None,
    skip: SkipOption = None,
    list_checks: ListOption = False,
    strict: StrictOption = False,
    form: ReportFormatOption = ReportFormat.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Judge this machine and an environment on it. Changes nothing."""
    raise typer.Exit(
        run(
            profile=profile,
            env=env,
            python=python,
            machine=machine,
            online=online,
            fresh=fresh,
            only=only,
            skip=skip,
            list_checks=list_checks,
            strict=strict,
            form=form,
            quiet=quiet,
            verbose=verbose,
        )
    )
