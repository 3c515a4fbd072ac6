"""`envdoc install`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.options import (
    FormatOption,
    GpuOption,
    MirrorOption,
    QuietOption,
    TorchOption,
    VerboseOption,
    WithOption,
    WithoutOption,
    YesOption,
)
from envdoc.cli.progress import Progress
from envdoc.cli.run_resolve import verdict
from envdoc.errors import ExitCode, UsageError
from envdoc.model.finding import exit_code
from envdoc.model.resolution import Resolution
from envdoc.model.results import InstallResult
from envdoc.workflow.install import InstallWish, Prepared
from envdoc.workflow.resolve import Resolved


class Engine(StrEnum):
    UV = "uv"
    PIP = "pip"


EnvironmentOption = Annotated[
    str | None, typer.Option("--env", metavar="DIR", help="Where the environment goes [default: .venv-PROFILE].")
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
    engine: Annotated[Engine, typer.Option("--engine", help="What installs packages.")] = Engine.UV,
    mirror: MirrorOption = None,
    adopt: AdoptOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop.")] = False,
    yes: YesOption = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Build a training environment, check it and prove it. Asks before it changes anything."""
    from envdoc.model.resolution import Wish
    from envdoc.workflow.machine import WhatIf

    wish = Wish(profile, torch or "", python or "", tuple(with_ or ()), tuple(without or ()))
    what_if = WhatIf(gpus=tuple(gpu or ()))
    wished = InstallWish(wish, env or "", engine.value, tuple(mirror or ()), what_if, adopt)
    carry_through(wished, dry_run=dry_run, yes=yes, form=form, quiet=quiet, verbose=verbose)


def carry_through(
    wished: InstallWish, *, dry_run: bool, yes: bool, form: Format, quiet: bool = False, verbose: bool = False
) -> None:
    """Plan, show, ask, do, and end with the exit code."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.install import prepare

    prepared = prepare(local_host(), wished)
    if prepared.unchanged is not None:
        _end(prepared.unchanged, None, form)
    if prepared.resolved is None:
        return
    _show(prepared.resolved, form, quiet, verbose, dry_run)
    if dry_run or prepared.resolved.plan is None:
        raise typer.Exit(verdict(prepared.resolved))
    _consent(yes)
    _run(prepared, prepared.resolved.resolution, form, quiet)


def _show(resolved: Resolved, form: Format, quiet: bool, verbose: bool, dry_run: bool) -> None:
    """The plan: the result of a dry run, talk before an installation."""
    last = dry_run or resolved.plan is None
    if form is Format.JSON:
        if last:
            from envdoc.render.document import resolution_document

            document = resolution_document(
                resolved.resolution, resolved.plan, command="install", code=verdict(resolved)
            )
            output.document(document)
        return
    from envdoc.render.text_plan import plan_lines, resolution_lines

    stream = sys.stdout if last else sys.stderr
    content = resolution_lines(resolved.resolution, resolved.machine, quiet=quiet, verbose=verbose, offer=False)
    output.lines(content, stream=stream)
    if resolved.plan is not None:
        output.lines(plan_lines(resolved.plan), stream=stream)


def _consent(yes: bool) -> None:
    if yes:
        return
    if not output.interactive():
        raise UsageError("nobody is there to ask: no terminal", hint="add --yes to agree, or --dry-run to look only")
    if not typer.confirm("Go ahead?", err=True):
        raise typer.Exit(ExitCode.OK)


def _run(prepared: Prepared, resolution: Resolution, form: Format, quiet: bool) -> None:
    from envdoc.workflow.context import local_host
    from envdoc.workflow.install import carry_out

    with Progress(quiet=quiet) as progress:
        result = carry_out(local_host(), prepared, progress.event)
    _end(result, resolution, form)


def _end(result: InstallResult, resolution: Resolution | None, form: Format) -> None:
    code = exit_code(result.findings) or int(not result.usable)
    if form is Format.JSON:
        from envdoc.render.document import install_document

        output.document(install_document(result, resolution, command="install", code=code))
    else:
        from envdoc.render.text_plan import install_lines
        from envdoc.workflow.context import local_host

        output.lines(install_lines(result, local_host().system))
    raise typer.Exit(code)
