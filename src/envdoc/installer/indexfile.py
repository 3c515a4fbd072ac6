"""Where an index has a file: its page of a package, read for one name. Engines build what they fetch as a source
distribution, only to learn its metadata; a file's URL is all that is wanted here.

    <a href="https://host/packages/ab/llama_cpp_python-0.3.36.tar.gz#sha256=832db0…">llama_cpp_python-0.3.36.tar.gz</a>
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

from envdoc.host.base import Host
from envdoc.model.source import Source, SourceKind, SourceLayout
from envdoc.rules.requirements import normal

_LINK = re.compile(r"""<a\s[^>]*?href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_TIMEOUT = 60.0
_TORCH_ALONE = (SourceKind.PYTORCH, SourceKind.MIRROR)


def find(host: Host, sources: Iterable[Source], file: str) -> tuple[str, tuple[str, ...]]:
    """The URL of `file` at the first source that has it, and for "" why none of them gave one."""
    asked = []
    for source in sources:
        if source.kind in _TORCH_ALONE:
            continue
        url, why = _at(host, source, file)
        if url:
            return url, ()
        asked.append(f"{source.name}: {why}")
    return "", tuple(asked) or ("no package index among the sources",)


def _at(host: Host, source: Source, file: str) -> tuple[str, str]:
    if source.kind is SourceKind.LOCAL:
        path = Path(source.url) / file
        return (path.as_uri(), "") if path.is_file() else ("", f"{file} is not in {source.url}")
    page = source.url.rstrip("/") + "/"
    if source.layout is SourceLayout.INDEX:
        page += f"{normal(file.rpartition('-')[0])}/"
    got = host.fetch(page, timeout=_TIMEOUT)
    if got.value is None:
        return "", got.reason()
    found = named(got.value, page, file)
    return found, "" if found else f"{file} is not on its page"


_FILE = re.compile(r"\.(whl|tar\.gz|zip|tar\.bz2)$", re.IGNORECASE)


def links_of(page: str) -> tuple[str, ...]:
    """The links to distributions on a page."""
    every = (urldefrag(html.unescape(link))[0].partition("?")[0] for link in _LINK.findall(page))
    return tuple(link for link in every if _FILE.search(link))


def named(page: str, url: str, file: str) -> str:
    """The link to a file on an index's page; "" where there is none."""
    for link in _LINK.findall(page):
        target = urldefrag(urljoin(url, html.unescape(link)))[0]
        if unquote(target.rpartition("/")[2]) == file:
            return target
    return ""
