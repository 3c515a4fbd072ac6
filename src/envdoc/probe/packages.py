"""Installed distributions, by their metadata files. Several of one name are all kept: that is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.host.base import Host
from envdoc.model import jsontext
from envdoc.model.machine import Package
from envdoc.probe import paths
from envdoc.rules.dist_info import of_folder, parse_headers, wheel_tag
from envdoc.rules.requirements import normal

_HEAD = 1 << 14  # the headers of nearly all METADATA files; the description after them is not needed


def packages(host: Host, folders: tuple[str, ...]) -> tuple[Package, ...]:
    """Every distribution in the site folders, in their order."""
    return tuple(package for folder in folders for package in _in_folder(host, folder))


def _in_folder(host: Host, folder: str) -> Iterator[Package]:
    for name in host.listdir(folder).or_else(()):
        if not name.endswith((".dist-info", ".egg-info", ".egg-link")) or name.startswith(("~", ".")):
            continue
        path = paths.join(host, folder, name)
        package = dist_info(host, path) if name.endswith(".dist-info") else egg(host, path)
        if package:
            yield package


def dist_info(host: Host, path: str) -> Package | None:
    """A `.dist-info` folder; one without readable METADATA gives its name and version by the folder's own."""
    names = host.listdir(path).or_else(())
    name, version, requires_python, requires = _metadata(host, paths.join(host, path, "METADATA"))
    if not name:
        name, version = of_folder(paths.name(host, path)) or ("", "")
    if not name:
        return None
    return Package(
        name=normal(name),
        version=version,
        folder=path,
        requires=requires,
        requires_python=requires_python,
        installer=_text(host, path, "INSTALLER", names),
        tag=wheel_tag(_text(host, path, "WHEEL", names)),
        editable=_editable(_text(host, path, "direct_url.json", names)),
        has_record="RECORD" in names,
    )


def _metadata(host: Host, path: str) -> tuple[str, str, str, tuple[str, ...]]:
    """Name, version, Requires-Python and the requirements that need no extra."""
    text = host.read(path, limit=_HEAD).or_else("")
    if len(text) >= _HEAD - 8 and "\n\n" not in text and "\r\n\r\n" not in text:
        text = host.read(path).or_else("")
    return parse_headers(text)


def _text(host: Host, path: str, name: str, names: tuple[str, ...]) -> str:
    return host.read(paths.join(host, path, name)).or_else("").strip() if name in names else ""


def _editable(direct_url: str) -> bool:
    """`{"url": "file:///…", "dir_info": {"editable": true}}` (PEP 610)."""
    if "editable" not in direct_url:
        return False
    try:
        return bool(jsontext.table(direct_url, any_number=True).get("dir_info", {}).get("editable", False))
    except (ValueError, AttributeError):
        return False


def egg(host: Host, path: str) -> Package | None:
    """An `.egg-info` (a folder or one file), or an `.egg-link` that names a checkout."""
    link = path.endswith(".egg-link")
    info = _linked(host, path) if link else path
    stat = host.stat(info)
    if stat.value is None:
        return None
    file = paths.join(host, info, "PKG-INFO") if stat.value.is_dir else info
    name, version, requires_python, requires = parse_headers(host.read(file).or_else(""))
    if not name:
        return None
    if not requires and stat.value.is_dir:
        requires = _requires_txt(host.read(paths.join(host, info, "requires.txt")).or_else(""))
    has_record = any(host.stat(paths.join(host, info, each)).known for each in ("installed-files.txt", "SOURCES.txt"))
    return Package(
        name=normal(name),
        version=version,
        folder=info,
        requires=requires,
        requires_python=requires_python,
        editable=link,
        has_record=has_record or not stat.value.is_dir,
    )


def _linked(host: Host, path: str) -> str:
    """An egg-link's first line is the checkout's folder; its egg-info stands in it."""
    folder = (host.read(path).or_else("").splitlines() or [""])[0].strip()
    names = host.listdir(folder).or_else(()) if folder else ()
    return next((paths.join(host, folder, name) for name in names if name.endswith(".egg-info")), "")


def _requires_txt(text: str) -> tuple[str, ...]:
    """The lines before the first `[extra]` section."""
    top = re.split(r"^\[", text, maxsplit=1, flags=re.MULTILINE)[0]
    return tuple(line.strip() for line in top.splitlines() if line.strip())
