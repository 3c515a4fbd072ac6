"""An entry of a local data set -> its files and the reader for them (data/loader.py:76-99)."""

from __future__ import annotations

import os
from typing import Any

from envdoc.host.base import Host
from envdoc.model.finding import Finding
from envdoc.model.value import dataclass
from envdoc.training.data.release import READERS
from envdoc.training.data.tally import info_finding
from envdoc.training.data.values import Entry


@dataclass(frozen=True, slots=True)
class Located:
    """Files with their sizes in bytes, and the one reader for all of them; or why there is none."""

    files: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    reader: str = ""
    findings: tuple[Finding, ...] = ()


def locate(host: Host, entry: Entry, folder: str) -> Located:
    """The files of an entry; `folder` is where its dataset_info.json stands."""
    path = os.path.join(folder, entry.target)  # noqa: PTH118 - the user's own words stay as they are
    there = host.stat(path)
    if there.value is None:
        detail = there.detail or (there.why.value if there.why else "")
        return _missing(entry, path, detail)
    files = [path]
    if there.value.is_dir:
        listed = host.listdir(path)
        if listed.value is None:
            return _missing(entry, path, listed.detail)
        files = [os.path.join(path, name) for name in listed.value]  # noqa: PTH118
        if not files:
            return Located(findings=(_at(entry, "data-file-empty", path, what=path),))
    return _typed(host, entry, files)


def _missing(entry: Entry, path: str, detail: str) -> Located:
    return Located(findings=(_at(entry, "data-file-missing", "", path=path, detail=detail),))


def _at(entry: Entry, code: str, file: str, /, **values: Any) -> Finding:
    if file:
        return info_finding(code, file, name=entry.name, **values)
    return info_finding(code, entry.file, entry.line, entry.name, name=entry.name, **values)


def reader_of(path: str) -> str:
    """The reader by the extension, which must be in lower case; "" where the release has none."""
    return READERS.get(os.path.splitext(path)[1][1:], "")  # noqa: PTH122


def _typed(host: Host, entry: Entry, files: list[str]) -> Located:
    kinds = {path: reader_of(path) for path in files}
    first = kinds[files[0]]
    odd = next((path for path, kind in kinds.items() if not kind or kind != first), "")
    if odd:
        known = ", ".join(f".{each}" for each in READERS)
        return Located(findings=(_at(entry, "data-file-type", odd, file=os.path.basename(odd), known=known),))  # noqa: PTH119
    sizes = tuple(size.value.size if (size := host.stat(path)).value else 0 for path in files)
    return Located(tuple(files), sizes, first)
