"""Where packages may come from: what the user named, then what is configured. Credentials go their own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoc.errors import UsageError
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.knowledge.rows import MirrorRow
from envdoc.model.facts import Fact, Why, missing
from envdoc.model.machine import System
from envdoc.model.resolution import Offers, Source, SourceKind, SourceLayout, SourceState
from envdoc.model.value import replace
from envdoc.workflow.context import knowledge

if TYPE_CHECKING:
    from envdoc.installer.secrets import Credential

ASKED_PACKAGES = ("torch", "torchvision", "torchaudio")
CHINA = "cn"  # `--mirror cn`: whichever of the table's mirrors serve
_SCHEMES = ("http", "https", "file")


def source_states(
    host: Host, mirrors: tuple[str, ...], *, online: bool, platform: tuple[System, str] | None = None
) -> tuple[SourceState, ...]:
    """The sources in order, the wished ones first; asked what they offer when `online`, for this platform or another.
    No credentials are in them.

    Raises:
        UsageError: a mirror that is none; nothing was asked.
    """
    ordered = _ordered(host, mirrors, online=online)
    if not online:
        unasked: Fact[Offers] = missing(Why.NOT_ASKED, "offline")
        return tuple(SourceState(shown(source), unasked) for source in ordered)
    from envdoc.probe import sources as probed

    tags = tuple(dict.fromkeys(row.cuda for row in knowledge().torch))
    system, arch = platform or (host.system, host.arch)
    asked = probed.ask(host, ordered, ASKED_PACKAGES, tags, system=system, arch=arch)
    return tuple(replace(state, source=shown(state.source)) for state in asked)


def credentials(host: Host, mirrors: tuple[str, ...]) -> tuple[Credential, ...]:
    """The credentials in the URLs of the same sources, for the engine's variables."""
    from envdoc.installer.secrets import credentials_of

    return credentials_of(source.url for source in _ordered(host, mirrors, online=False))


def shown(source: Source) -> Source:
    """A source as it may be planned, stored and printed."""
    return replace(source, name=_bare(source.name), url=_bare(source.url))


def _bare(url: str) -> str:
    """A URL without its credentials, which stand before an `@`; any other text as it is."""
    if "://" not in url or "@" not in url:
        return url
    from envdoc.installer.secrets import bare

    return bare(url).url


def _ordered(host: Host, mirrors: tuple[str, ...], *, online: bool) -> tuple[Source, ...]:
    from envdoc.probe.index_config import configured

    named = tuple(_mirror(host, each) for each in mirrors if each != CHINA)
    usual = configured(host)
    return named + usual if CHINA not in mirrors else (*named, *_in_china(host, online=online), *usual)


def _in_china(host: Host, *, online: bool) -> tuple[Source, ...]:
    """The table's mirrors of the PyTorch index, and one of the package index; what the user configured for the latter
    stays. Asked which of them serve where the network may be asked, else in the table's order."""
    from envdoc.probe.index_config import PYPI, package_index

    rows = {(row.of, row.name): row for row in knowledge().mirrors}
    kinds = ["pytorch"] + (["pypi"] if package_index(host) == PYPI else [])
    found = []
    for of in kinds:
        names = [name for kind, name in rows if kind == of]
        if online:
            from envdoc.workflow.mirrors import serving

            names = [each.name for each in serving(host, of)] or names
        chosen = names if of == "pytorch" else names[:1]
        kind = SourceKind.MIRROR if of == "pytorch" else SourceKind.PYPI
        found += [_row(rows[of, name], kind) for name in chosen]
    return tuple(found)


def _row(row: MirrorRow, kind: SourceKind) -> Source:
    return Source(f"mirror:{row.name}", kind, row.url, SourceLayout(row.layout))


def _mirror(host: Host, wished: str) -> Source:
    """A mirror by its name in the table, a URL, or a folder."""
    for row in knowledge().mirrors:
        if row.name == wished and row.of == "pytorch":
            return _row(row, SourceKind.MIRROR)
    if "://" in wished:
        _check_url(wished)
        return Source(wished, SourceKind.URL, wished)
    return _folder(host, wished)


def _check_url(wished: str) -> None:
    """Refuse what no engine could take for a source, before anything is asked or begun."""
    why = _wrong(wished.replace("{cuda}", "cu128"))
    if why:
        scheme = "".join(letter for letter in wished.partition("://")[0] if letter.isalnum() or letter in "+-.")
        raise UsageError(
            f"--mirror {scheme}://...: no URL of a package source: {why}", hint=text("errors", "mirror-hint")
        )


def _wrong(url: str) -> str:
    """What is wrong with a URL; "" for one that an engine takes."""
    if any(letter.isspace() or not letter.isprintable() or letter in '{}\\"<>' for letter in url):
        return "it has letters that no URL has"
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # its text may repeat what was meant as a password
        return "its host or port cannot be read"
    if parts.scheme not in _SCHEMES:
        return f"its scheme is none of {', '.join(_SCHEMES)}"
    if parts.scheme != "file" and not parts.hostname:
        return "it names no host"
    if parts.query or parts.fragment:
        return "a source has no query; put a token before the host (user:token@) or into netrc"
    return ""


def _folder(host: Host, wished: str) -> Source:
    if "\0" in wished or not host.listdir(wished).known:
        names = ", ".join((CHINA, *(row.name for row in knowledge().mirrors if row.of == "pytorch")))
        raise UsageError(
            text("errors", "no-mirror", wished=wished), hint=text("errors", "known-mirrors", names=names)
        )
    return Source(f"local:{wished}", SourceKind.LOCAL, host.realpath(wished), SourceLayout.LINKS)
