"""`envdoc resolve`."""

from __future__ import annotations

import typer

from envdoc.cli.forms import Format
from envdoc.cli.options import (
    ArchOption,
    DriverOption,
    FormatOption,
    ForModelOption,
    GpuOption,
    ListingOption,
    MachineOption,
    MirrorOption,
    NoGpuOption,
    OnlineOption,
    ProfileOption,
    QuietOption,
    SourceOption,
    SystemOption,
    TorchOption,
    VerboseOption,
    WithOption,
    WithoutOption,
)
from envdoc.cli.run_resolve import run


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
    listing: ListingOption = None,
    mirror: MirrorOption = None,
    with_: WithOption = None,
    without: WithoutOption = None,
    source: SourceOption = None,
    for_model: ForModelOption = None,
    online: OnlineOption = False,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Say what fits a machine, why the rest does not, and which change would open more. Changes nothing."""
    raise typer.Exit(
        run(
            profile=profile,
            torch=torch,
            gpu=gpu,
            no_gpu=no_gpu,
            driver=driver,
            system=system,
            arch=arch,
            python=python,
            machine=machine,
            listing=listing,
            mirror=mirror,
            with_=with_,
            without=without,
            source=source,
            for_model=for_model,
            online=online,
            form=form,
            quiet=quiet,
            verbose=verbose,
        )
    )
