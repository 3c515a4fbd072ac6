"""What `envdoc bundle` does once its command line is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoc.cli import output
from envdoc.cli.forms import Format
from envdoc.cli.run_resolve import verdict
from envdoc.errors import ExitCode
from envdoc.model.finding import findings_code

if TYPE_CHECKING:
    from envdoc.installer.bundle.make import Extras, Made
    from envdoc.model.finding import Finding
    from envdoc.workflow.bundle import BundleWish, Planned


def run(wish: BundleWish, extras: Extras, *, form: Format, quiet: bool = False, verbose: bool = False) -> int:
    """Resolve, collect, print, and return the exit code."""
    from envdoc.installer.bundle.job import RefusedError
    from envdoc.workflow.bundle import make, plan
    from envdoc.workflow.context import local_host

    planned = plan(local_host(), wish)
    if planned.manifest is None:
        return _nothing_fits(planned, form, quiet, verbose)
    try:
        made = make(local_host(), planned, extras, (lambda _: None) if quiet else output.talk)
    except RefusedError as refused:
        return _refused(refused.findings, form)
    return _told(made, form)


def _nothing_fits(planned: Planned, form: Format, quiet: bool, verbose: bool) -> int:
    from envdoc.render.document import resolution_document
    from envdoc.render.text_plan import resolution_lines

    resolved, code = planned.resolved, verdict(planned.resolved)
    if form is Format.JSON:
        output.document(resolution_document(resolved.resolution, None, command="bundle", code=code))
    else:
        output.lines(resolution_lines(resolved.resolution, resolved.machine, quiet=quiet, verbose=verbose))
    return code


def _refused(findings: tuple[Finding, ...], form: Format) -> int:
    code = findings_code(findings) or int(ExitCode.FINDINGS)
    if form is Format.JSON:
        from envdoc.render.document import envelope

        output.document(envelope("bundle", code, findings, bundle=None))
    else:
        from envdoc.render.text_bundle import refused_lines
        from envdoc.workflow.context import local_host

        output.lines(refused_lines(findings, local_host().system))
    return code


def _told(made: Made, form: Format) -> int:
    if form is Format.JSON:
        from envdoc.render.bundle_document import bundle_document

        output.document(bundle_document(made.folder, made.manifest, made.digest, made.findings))
    else:
        from envdoc.render.text_bundle import bundle_lines
        from envdoc.workflow.context import local_host

        content = bundle_lines(made.folder, made.manifest, made.digest, made.findings, local_host().system)
        output.lines(content)
    return int(ExitCode.OK)
