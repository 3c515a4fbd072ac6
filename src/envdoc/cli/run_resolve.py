"""What `envdoc resolve` does once its command line is understood. Imports no typer: see `cli.quick`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.errors import ExitCode
from envdoc.model.finding import findings_code
from envdoc.workflow.resolve import Resolved

if TYPE_CHECKING:
    from envdoc.render.lines import Line


def run(
    *,
    profile: str | None = None,
    torch: str | None = None,
    gpu: list[str] | None = None,
    no_gpu: bool = False,
    driver: str | None = None,
    system: str | None = None,
    arch: str | None = None,
    python: str | None = None,
    machine: str | None = None,
    listing: str | None = None,
    mirror: list[str] | None = None,
    with_: list[str] | None = None,
    without: list[str] | None = None,
    source: list[str] | None = None,
    for_model: str | None = None,
    online: bool = False,
    form: str = Format.TEXT,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Resolve, print, and return the exit code."""
    from envdoc.workflow.context import local_host
    from envdoc.workflow.resolve import resolve
    from envdoc.workflow.wishes import MachineWish, WhatIf, wish

    asked = wish(profile or "auto", torch, python, with_, without, source, mirror, for_model)
    what_if = WhatIf(tuple(gpu or ()), no_gpu, driver or "", system or "", arch or "", python or "")
    # with a snapshot, --online asks the sources alone
    machine_wish = MachineWish(file=machine or "", listing=listing or "", online=online and not (machine or listing))
    resolved = resolve(local_host(), machine_wish, asked, what_if)
    code = verdict(resolved)
    if Format(form) is Format.JSON:
        output.document(document(resolved, "resolve", code))
    else:
        output.lines(told(resolved, quiet=quiet, verbose=verbose))
    return code


def document(resolved: Resolved, command: str, code: int) -> dict[str, Any]:
    """What was decided, for a program."""
    from envdoc.model.codec import encode
    from envdoc.render.document import resolution_document

    whole = resolution_document(resolved.resolution, resolved.plan, command=command, code=code)
    return whole | ({"model": encode(resolved.model)} if resolved.model else {})


def told(resolved: Resolved, *, quiet: bool, verbose: bool, offer: bool = True) -> Iterator[Line]:
    """What was decided, for a person; the answer about a model first."""
    from envdoc.render.text_plan import resolution_lines

    if resolved.model:
        from envdoc.render.text_model import model_lines

        yield from model_lines(resolved.model)
    yield from resolution_lines(resolved.resolution, resolved.machine, quiet=quiet, verbose=verbose, offer=offer)


def verdict(resolved: Resolved) -> int:
    """1 where nothing fits, else what the findings say."""
    return findings_code(resolved.resolution.findings) if resolved.resolution.fits else int(ExitCode.FINDINGS)
