"""Where packages come from on this machine, and what each place was seen to offer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System
from envdoc.model.resolution import Offers, Source, SourceKind, SourceLayout, SourceState
from envdoc.model.value import replace
from envdoc.probe.listings import files_of, is_distribution, ordered, version_in
from envdoc.probe.shield import run_all, value_of

Pages = dict[str, Fact[str]]


def ask(
    host: Host,
    sources: Iterable[Source],
    packages: tuple[str, ...],
    cuda_tags: tuple[str, ...],
    *,
    timeout: float = 10.0,
    system: System | None = None,
    arch: str = "",
) -> tuple[SourceState, ...]:
    """What each source offers of `packages` for a platform (this one by default), all asked side by side.

    A `{cuda}` in a source's URL is asked for each of `cuda_tags`; a folder that is not there offers nothing. A
    source that cannot be reached has a missing fact with the reason. Never raises.
    """
    wanted = tuple(sources)
    platform = (system or host.system, arch or host.arch)
    tasks = {
        str(n): partial(_state, host, source, packages, cuda_tags, timeout, platform)
        for n, source in enumerate(wanted)
    }
    outcomes = run_all(tasks, limit=2 * timeout + 5)
    return tuple(value_of(outcomes[str(n)], SourceState(source), source.name) for n, source in enumerate(wanted))


def _state(
    host: Host,
    source: Source,
    packages: tuple[str, ...],
    cuda_tags: tuple[str, ...],
    timeout: float,
    platform: tuple[System, str],
) -> SourceState:
    if source.kind is SourceKind.LOCAL or "://" not in source.url:
        return SourceState(source, _folder(host, source.url, packages, platform))
    roots = _roots(source.url, cuda_tags)
    if source.layout is SourceLayout.INDEX:
        pages = _pages(host, [f"{root}/{package}/" for root in roots for package in packages], timeout)
        offers = _offers(pages, packages, platform)
        if offers.known or offers.detail != "HTTP 404":
            return SourceState(source, offers)
    # No index: a flat page of links, as `--find-links` takes it.
    flat = _pages(host, [root if root.endswith(".html") else f"{root}/" for root in roots], timeout)
    return SourceState(replace(source, layout=SourceLayout.LINKS), _offers(flat, packages, platform))


def _roots(url: str, cuda_tags: tuple[str, ...]) -> tuple[str, ...]:
    tags = cuda_tags if "{cuda}" in url else ("",)
    return tuple(url.replace("{cuda}", tag).rstrip("/") for tag in tags)


def _pages(host: Host, urls: list[str], timeout: float) -> Pages:
    tasks = {url: partial(host.fetch, url, timeout=timeout) for url in urls}
    empty: Fact[str] = missing(Why.NOT_ASKED)
    return {url: value_of(outcome, empty, url) for url, outcome in run_all(tasks, limit=timeout + 1).items()}


def _offers(pages: Pages, packages: tuple[str, ...], platform: tuple[System, str]) -> Fact[Offers]:
    """The versions on all pages. One page that answers is enough: a variant's folder may well not exist."""
    names = [name for page in pages.values() if page.known for name in files_of(page.or_else(""))]
    files = [name for name in names if is_distribution(name)]
    if files or any(page.known for page in pages.values()):
        return _found(files, packages, platform, "listing")
    first = next((page for page in pages.values() if "404" not in page.detail), next(iter(pages.values())))
    return missing(first.why or Why.FAILED, first.source, first.detail, first.code)


def _folder(host: Host, path: str, packages: tuple[str, ...], platform: tuple[System, str]) -> Fact[Offers]:
    names = host.listdir(path.removeprefix("file://"))
    if names.value is None:
        return missing(names.why or Why.ABSENT, path, names.detail, names.code)
    return _found(list(names.value), packages, platform, path)


def _found(files: list[str], packages: tuple[str, ...], platform: tuple[System, str], source: str) -> Fact[Offers]:
    versions = {
        package: ordered({told for name in files if (told := version_in(name, package, *platform))})
        for package in packages
    }
    return known(Offers(versions), source)
