"""`envdoc bundle`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from envdoc.cli.forms import Format
from envdoc.cli.options import (
    FormatOption,
    MirrorOption,
    QuietOption,
    TorchOption,
    VerboseOption,
    WithOption,
    WithoutOption,
)


class TargetSystem(StrEnum):
    LINUX = "linux"
    WINDOWS = "windows"


def register(app: typer.Typer) -> None:
    example = 'envdoc bundle --profile rtx50-cu128 --os windows --python 3.12 --gpu "RTX 5060 Ti" -o bundle'
    app.command("bundle", epilog=f"Example: {example}")(bundle)


def bundle(
    system: Annotated[TargetSystem, typer.Option("--os", help="The target's operating system.")],
    python: Annotated[str, typer.Option("--python", metavar="V", help="The target's Python, `3.12`.")],
    out: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Where the bundle goes.")],
    profile: Annotated[str, typer.Option("--profile", metavar="ID|auto", help="What to build there.")] = "auto",
    arch: Annotated[str, typer.Option("--arch", metavar="ARCH", help="x86_64 or aarch64.")] = "x86_64",
    gpu: Annotated[
        list[str] | None,
        typer.Option("--gpu", metavar="NAME", help="The target's GPU (name or compute capability); repeat for more."),
    ] = None,
    driver: Annotated[str | None, typer.Option("--driver", metavar="V", help="The target's driver version.")] = None,
    torch: TorchOption = None,
    with_: WithOption = None,
    without: WithoutOption = None,
    mirror: MirrorOption = None,
    python_archive: Annotated[
        str | None,
        typer.Option(
            "--python-archive", metavar="FILE|URL", help="A Python to carry along [default: the one uv would fetch]."
        ),
    ] = None,
    python_sha256: Annotated[
        str | None, typer.Option("--python-sha256", metavar="HEX", help="The archive's hash; a URL needs it.")
    ] = None,
    no_python: Annotated[bool, typer.Option("--no-python", help="Carry no Python along.")] = False,
    envdoc_wheel: Annotated[
        str | None, typer.Option("--envdoc-wheel", metavar="FILE", help="envdoc's own wheel [default: as it runs].")
    ] = None,
    form: FormatOption = Format.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Collect all that an installation on another machine needs, for another system too. Needs no network there."""
    from envdoc.cli.run_bundle import run
    from envdoc.errors import UsageError
    from envdoc.installer.bundle.make import Extras
    from envdoc.model.resolution import Wish
    from envdoc.workflow.bundle import BundleWish
    from envdoc.workflow.wishes import WhatIf

    if no_python and python_archive:
        raise UsageError("`--no-python` and `--python-archive` exclude each other", hint="drop one of them")
    wish = Wish(profile, torch or "", python, tuple(with_ or ()), tuple(without or ()), mirrors=tuple(mirror or ()))
    target = WhatIf(tuple(gpu or ()), not gpu, driver or "", system.value, arch, python)
    extras = Extras("none" if no_python else python_archive or "", python_sha256 or "", envdoc_wheel or "")
    raise typer.Exit(run(BundleWish(wish, target, out), extras, form=form, quiet=quiet, verbose=verbose))
