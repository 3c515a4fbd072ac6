"""pip says "no matching distribution" also where a source refused us or did not answer: ask the sources again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from envdoc.host.base import Host
from envdoc.installer.faults import explain
from envdoc.installer.secrets import Credential, mask, whole
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Finding
from envdoc.model.plan import InstallPackages
from envdoc.model.resolution import Source, SourceLayout

_WORDS = {"401": "401 Unauthorized", "403": "403 Forbidden", "407": "407 Proxy Authentication Required"}


def second_look(
    finding: Finding, step: InstallPackages, host: Host, credentials: tuple[Credential, ...] = ()
) -> Finding:
    """The finding, or a truer one where a source of the step can not be read now."""
    if finding.code != "package-not-found":
        return finding
    for source in _remote(step.sources):
        page = source.url if source.layout is SourceLayout.LINKS else source.url.rstrip("/") + "/pip/"
        said = _trouble(host.fetch(whole(page, credentials), timeout=15.0))
        if said:
            truer = explain(step.id, f"{mask(source.url)}: {said}")
            return dataclasses.replace(truer, evidence=(*truer.evidence, *finding.evidence))
    return finding


def _remote(sources: Iterable[Source]) -> Iterable[Source]:
    return (each for each in sources if each.url.startswith(("http://", "https://")))


def _trouble(page: Fact[str]) -> str:
    """What keeps us from reading it, in the engines' words. That one package has no page (404) is no trouble."""
    if page.known or "HTTP 404" in page.detail:
        return ""
    if page.why is Why.TIMED_OUT:
        return "timed out"
    for status, words in _WORDS.items():
        if status in page.detail:
            return words
    return f"error sending request: {page.detail}"
