"""What `envdoc install` does once its command line is understood. Imports no typer: see `cli.quick`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.errors import ExitCode, UsageError
from envdoc.model.finding import findings_code
from envdoc.model.plan import InstallWheel, Plan
from envdoc.model.resolution import Resolution
from envdoc.model.results import InstallResult
from envdoc.workflow.wishes import InstallWish, WhatIf, wish

if TYPE_CHECKING:
    from envdoc.workflow.install import Prepared
    from envdoc.workflow.resolve import Resolved


def run(
    *,
    profile: str = "auto",
    env: str | None = None,
    torch: str | None = None,
    python: str | None = None,
    gpu: list[str] | None = None,
    with_: list[str] | None = None,
    without: list[str] | None = None,
    source: list[str] | None = None,
    engine: str = "uv",
    mirror: list[str] | None = None,
    for_model: str | None = None,
    offline: str | None = None,
    adopt: bool = False,
    accept: list[str] | None = None,
    dry_run: bool = False,
    yes: bool = False,
    form: str = Format.TEXT,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Install, print, and return the exit code."""
    what_if = WhatIf(gpus=tuple(gpu or ()))
    asked = wish(profile, torch, python, with_, without, source, mirror, for_model)
    wished = InstallWish(asked, env or "", str(engine), what_if, adopt, offline or "")
    return carry_through(
        wished, dry_run=dry_run, yes=yes, accept=accept or (), form=Format(form), quiet=quiet, verbose=verbose
    )


def carry_through(
    wished: InstallWish,
    *,
    dry_run: bool,
    yes: bool,
    form: Format,
    accept: Sequence[str] = (),
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Plan, show, ask, do; returns the exit code."""
    from envdoc.workflow.again import already_done
    from envdoc.workflow.context import local_host

    done = already_done(local_host(), wished)
    if done is not None:
        return _end(done, None, form)
    from envdoc.cli.run_resolve import verdict
    from envdoc.workflow.install import prepare

    prepared = prepare(local_host(), wished)
    _show(prepared.resolved, form, quiet, verbose, dry_run)
    if dry_run or prepared.resolved.plan is None:
        return verdict(prepared.resolved)
    if not _consent(yes, strangers(prepared.resolved.plan, accept)):
        return ExitCode.OK
    return _run(prepared, prepared.resolved.resolution, form, quiet)


def _show(resolved: Resolved, form: Format, quiet: bool, verbose: bool, dry_run: bool) -> None:
    """The plan: the result of a dry run, talk before an installation."""
    from envdoc.cli.run_resolve import document, told, verdict

    last = dry_run or resolved.plan is None
    if form is Format.JSON:
        if last:
            output.document(document(resolved, "install", verdict(resolved)))
        return
    stream = sys.stdout if last else sys.stderr
    output.lines(told(resolved, quiet=quiet, verbose=verbose, offer=False), stream=stream)
    if resolved.plan is not None:
        from envdoc.render.text_plan import plan_lines

        output.lines(plan_lines(resolved.plan), stream=stream)


def strangers(plan: Plan, accepted: Sequence[str]) -> tuple[str, ...]:
    """Third parties whose binaries the plan installs and that nobody agreed to."""
    named = (step.publisher for step in plan.steps if isinstance(step, InstallWheel))
    return tuple(dict.fromkeys(each for each in named if each and each not in accepted))


def _consent(yes: bool, third: tuple[str, ...]) -> bool:
    """`--yes` agrees to the plan; to a third party's binary somebody agrees by its name, or in the terminal."""
    if yes and not third:
        return True
    from envdoc.findings import text

    if third and (yes or not output.interactive()):
        agree = " ".join(f"--accept {each}" for each in third)
        told = text("errors", "third-party", names=", ".join(third))
        raise UsageError(told, hint=text("errors", "third-party-hint", agree=agree))
    if not output.interactive():
        raise UsageError(text("errors", "nobody-to-ask"), hint=text("errors", "nobody-to-ask-install"))
    import typer

    question = text("render", "go-ahead-third", names=", ".join(third)) if third else text("render", "go-ahead")
    return typer.confirm(output.said(question, sys.stderr), err=True)


def _run(prepared: Prepared, resolution: Resolution, form: Format, quiet: bool) -> int:
    from envdoc.cli.progress import Progress
    from envdoc.workflow.context import local_host
    from envdoc.workflow.install import carry_out

    with Progress(quiet=quiet) as progress:
        result = carry_out(local_host(), prepared, progress.event)
    return _end(result, resolution, form)


def _end(result: InstallResult, resolution: Resolution | None, form: Format) -> int:
    code = findings_code(result.findings) or int(not result.usable)
    if form is Format.JSON:
        from envdoc.render.document import install_document

        output.document(install_document(result, resolution, command="install", code=code))
    else:
        from envdoc.render.text_plan import install_lines
        from envdoc.workflow.context import local_host

        output.lines(install_lines(result, local_host().system))
    return code
