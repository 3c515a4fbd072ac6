"""Engines say that a package is not there also where its source refused us or did not answer: ask the sources again.

pip says "no matching distribution" in any case; uv names a refusal (401, 403) only for a source of its command line,
not for one that a package is bound to, and of a proxy no more than "tunnel error: unsuccessful". To both a
login page is an index without packages.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from envdoc.findings import finding as found
from envdoc.host.base import Host
from envdoc.installer.faults import explain
from envdoc.installer.indexfile import links_of
from envdoc.installer.places import at_home
from envdoc.installer.secrets import Credential, mask, whole
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Finding, Severity
from envdoc.model.plan import InstallPackages
from envdoc.model.resolution import Source, SourceKind, SourceLayout
from envdoc.rules.requirements import normal, pins

_STATUS = re.compile(r"\bHTTP (\d{3})\b")
_WORDS = {"401": "401 Unauthorized", "403": "403 Forbidden", "407": "407 Proxy Authentication Required"}
_FOR_PEOPLE = re.compile(r"<(form|input|script|style|img|iframe)\b|http-equiv", re.IGNORECASE)
_VAGUE = re.compile(r"tunnel error: unsuccessful")


def second_look(
    finding: Finding, step: InstallPackages, host: Host, credentials: tuple[Credential, ...] = ()
) -> Finding:
    """The finding, or a truer one where a source of the step can not be read now."""
    if finding.code != "package-not-found" and not _VAGUE.search("\n".join(finding.evidence)):
        return finding
    for source in _remote(step.sources):
        page = host.fetch(whole(_page(source, step), credentials), timeout=15.0)
        if _is_for_people(page):
            return _web_page(source, finding)
        said = _trouble(page)
        if said:
            truer = explain(step.id, f"{mask(source.url)}: {said}")
            return dataclasses.replace(truer, evidence=(*truer.evidence, *finding.evidence))
    return finding


def _is_for_people(page: Fact[str]) -> bool:
    """Whether what should be a listing is a login page or a portal, and not the page of a package without files."""
    told = page.value or ""
    return _FOR_PEOPLE.search(told) is not None and not links_of(told)


def _web_page(source: Source, first: Finding) -> Finding:
    evidence, url = first.evidence, mask(source.url)
    return found("source-web-page", severity=Severity.ERROR, evidence=evidence, place=source.name, url=url)


def _remote(sources: Iterable[Source]) -> Iterable[Source]:
    return (each for each in sources if each.url.startswith(("http://", "https://")))


def _page(source: Source, step: InstallPackages) -> str:
    """The listing, or the page of a package that the step wants from this source: some refuse single packages."""
    if source.layout is SourceLayout.LINKS:
        return source.url
    home = source.kind is SourceKind.PYTORCH
    wanted = [each for each in step.requirements if at_home(each) or not home] or ["pip"]
    name = next(iter(pins(wanted[:1])), normal(wanted[0]))
    return f"{source.url.rstrip('/')}/{name}/"


def _trouble(page: Fact[str]) -> str:
    """What keeps us from reading it, in the engines' words. That one package has no page (404) is no trouble."""
    if page.known:
        return ""
    if page.why is Why.TIMED_OUT:
        return "timed out"
    status = _STATUS.search(page.detail)
    if status is None:
        return f"error sending request: {page.detail}"
    if status[1].startswith("5"):
        return f"HTTP status server error ({status[1]})"
    return "" if status[1] in ("404", "410") else _WORDS.get(status[1], "")
