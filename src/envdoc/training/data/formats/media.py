"""Images, videos and audios of a record: as many files as placeholders, and each of them there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from envdoc.training.data.release import PLACEHOLDERS
from envdoc.training.data.values import Entry, Mistake, Record

_REMEMBERED = 100_000  # paths


class Media:
    """`exists` says whether a file is there; paths are tried below `folder` first, then as they are."""

    def __init__(
        self,
        entry: Entry,
        folder: str,
        exists: Callable[[str], bool],
        environ: Mapping[str, str],
        counts: dict[str, int],
    ) -> None:
        self._exists = exists
        self._folder = folder
        self._local = entry.source == "file"
        self._counts = counts
        self._columns = {kind: entry.columns.get(kind) for kind in PLACEHOLDERS}
        self._signs = {kind: environ.get(name) or text for kind, (name, text) in PLACEHOLDERS.items()}
        self.mapped = any(self._columns.values())
        self._known: dict[str, bool] = {}
        self._leads = tuple({sign[:1] for sign in self._signs.values()})
        self.plain_signs = self._leads == ("<",)

    def check(self, record: Record, texts: Iterable[str], out: list[Mistake]) -> None:
        """`texts` are all turns that are trained together."""
        if not self.mapped:
            self._unmapped(texts, out)
            return
        whole = list(texts)
        for kind, sign in self._signs.items():
            column = self._columns[kind]
            files = _files(record.get(column)) if column else []
            signs = sum(text.count(sign) for text in whole)
            self._counts[kind] += len(files)
            if len(files) != signs:
                values = (("files", str(len(files))), ("sign", sign), ("signs", str(signs)))
                out.append(Mistake("data-media-count", column or kind, values))
            for path, joined in _paths(files):
                if not self._found(path, joined):
                    out.append(Mistake("data-media-missing", column or kind, (("path", path),)))

    def _unmapped(self, texts: Iterable[str], out: list[Mistake]) -> None:
        for text in texts:
            for lead in self._leads:
                if lead in text and (found := next((pair for pair in self._signs.items() if pair[1] in text), None)):
                    out.append(Mistake("data-media-unmapped", found[0], (("sign", found[1]),)))
                    return

    def _found(self, path: str, joined: bool) -> bool:
        found = self._known.get(path)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            places = [path]
            if joined and self._local:
                places.append(os.path.join(self._folder, path))  # noqa: PTH118 - the user's own words
            found = self._known[path] = any(map(self._exists, places))
        return found


def _files(value: Any) -> list[Any]:
    """A single file may stand without its list (converter.py:47-53)."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _paths(files: list[Any]) -> Iterable[tuple[str, bool]]:
    """The paths among the files, and whether they count from the data folder too: those in objects do not.

    Objects and bytes may hold their content themselves. Lists are a video's frames.
    """
    for each in files:
        if isinstance(each, str):
            yield each, True
        elif isinstance(each, list):
            yield from ((path, True) for path in each if isinstance(path, str))
        elif isinstance(each, dict) and each.get("bytes") is None and isinstance(each.get("path"), str):
            yield each["path"], False
