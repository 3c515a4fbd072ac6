"""`envdoc resolve`."""

from __future__ import annotations

import typer

from envdoc.cli import output
from envdoc.cli.options import (
    ArchOption,
    DriverOption,
    Format,
    FormatOption,
    GpuOption,
    MachineOption,
    MirrorOption,
    NoGpuOption,
    OnlineOption,
    ProfileOption,
    QuietOption,
    SystemOption,
    TorchOption,
    VerboseOption,
    WithOption,
    WithoutOption,
)
from envdoc.errors import ExitCode
from envdoc.model.finding import exit_code
from envdoc.workflow.resolve import Resolved


def register(app: typer.Typer) -> None:
    app.command("resolve", epilog='Example: envdoc resolve --gpu "RTX 5060 Ti" --driver 576.02 --os windows')(resolve)


def resolve(
    profile: ProfileOption = None,
    torch: TorchOption = None,
    gpu: GpuOption = None,
    no_gpu: NoGpuOption = False,
    driver: DriverOption = None,
    system: SystemOption = None,
    arch: ArchOption = None,
    python: str | None = typer.Option(None, "--python", metavar="V", help="What-if: this Python version, `3.12`."),
    machine: MachineOption = None,
    mirror: MirrorOption = None,
    with_: WithOption = None,
    without: WithoutOption = None,
    online: OnlineOption = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Say what fits a machine, why the rest does not, and which change would open more. Changes nothing."""
    from envdoc.model.resolution import Wish
    from envdoc.workflow.context import local_host
    from envdoc.workflow.machine import MachineWish, WhatIf
    from envdoc.workflow.resolve import resolve as work

    wish = Wish(profile or "auto", torch or "", python or "", tuple(with_ or ()), tuple(without or ()))
    what_if = WhatIf(tuple(gpu or ()), no_gpu, driver or "", system or "", arch or "", python or "")
    machine_wish = MachineWish(file=machine or "", online=online)
    resolved = work(local_host(), machine_wish, wish, what_if, mirrors=tuple(mirror or ()))
    code = verdict(resolved)
    if form is Format.JSON:
        from envdoc.render.document import resolution_document

        output.document(resolution_document(resolved.resolution, resolved.plan, command="resolve", code=code))
    else:
        from envdoc.render.text_plan import resolution_lines

        output.lines(resolution_lines(resolved.resolution, resolved.machine, quiet=quiet, verbose=verbose))
    raise typer.Exit(code)


def verdict(resolved: Resolved) -> int:
    """1 where nothing fits, else what the findings say."""
    return exit_code(resolved.resolution.findings) if resolved.resolution.fits else int(ExitCode.FINDINGS)
