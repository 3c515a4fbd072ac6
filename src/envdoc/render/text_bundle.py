"""A bundle for a person: what it holds, what it is for, and how it is used there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from envdoc.findings import text
from envdoc.model.bundle import Manifest
from envdoc.model.finding import Finding
from envdoc.model.machine import System
from envdoc.render.lines import Line
from envdoc.render.text_plan import size
from envdoc.render.text_report import finding_lines


def bundle_lines(
    folder: str, manifest: Manifest, digest: str, findings: Iterable[Finding], system: System
) -> Iterator[Line]:
    """A whole bundle. `digest` is the manifest's SHA-256, to be told by another way than the bundle."""
    asked, target = manifest.conditions, manifest.target
    told = text("bundle", "whole", folder=folder, profile=manifest.profile.id, target=target.name)
    yield Line(told, mark="pass", style="bold")
    count, mib = len(manifest.files), size(max(manifest.size >> 20, 1))
    yield Line(text("bundle", "files", count=count, size=mib, torch=manifest.torch), indent=2)
    if target.glibc:
        yield Line(text("bundle", "glibc", least=target.glibc), indent=2)
    if asked.driver_least:
        names = ", ".join(asked.gpus or asked.capabilities)
        yield Line(text("bundle", "driver", least=asked.driver_least, gpus=names), indent=2)
    yield Line(text("bundle", "digest", digest=digest), indent=2)
    for finding in findings:
        yield Line()
        yield from finding_lines(finding, system)
    yield Line()
    start = "install.cmd" if target.system is System.WINDOWS else "./install.sh"
    yield Line(text("bundle", "start", command=f"{start} --env DIR"), fixed=True)


def refused_lines(findings: Iterable[Finding], system: System) -> Iterator[Line]:
    """Why there is none."""
    yield Line(text("bundle", "not-whole"), mark="fail", style="bold")
    for finding in findings:
        yield Line()
        yield from finding_lines(finding, system)
