"""Columns that are no texts though written so: csv cells of numbers or bools only, jsonl texts of dates only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from envdoc.training.data.values import Entry

_BOOLS = {"True": True, "TRUE": True, "true": True, "False": False, "FALSE": False, "false": False}


class Cells:
    """Remembers which columns have been seen to hold text."""

    def __init__(self, entry: Entry) -> None:
        self._tag = entry.columns["kto_tag"] or ""
        self._mapped = {column for column in entry.columns.values() if column and column != self._tag}
        self._texts: set[str] = set()
        self._filled: set[str] = set()

    def converted(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with a tag of true or false as a bool."""
        if self._tag in row:
            row[self._tag] = _BOOLS.get(row[self._tag], row[self._tag])
        for column in self._mapped - self._texts:
            cell = row.get(column)
            if cell is not None:
                self._filled.add(column)
                if not _typed(cell):
                    self._texts.add(column)
        return row

    def numbers(self) -> list[str]:
        """Mapped columns that hold nothing but numbers, or nothing but true and false."""
        return sorted(self._filled - self._texts)


def _typed(cell: str) -> bool:
    if cell in _BOOLS:
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # Python's own spelling of long numbers


# What the release's JSON lines reader takes for a point in time where a column holds nothing else (ISO 8601)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}(?::?\d{2}(?::?\d{2})?)?Z?)?")
_PATIENCE = 10_000  # records in which a column that is there has its first value


class Dates:
    """Columns of a jsonl file that hold nothing but dates, and so become no texts."""

    def __init__(self, entry: Entry) -> None:
        self._open = {column for column in entry.columns.values() if column}
        self._filled: set[str] = set()
        self._patience = _PATIENCE

    def note(self, row: Mapping[str, Any]) -> bool:
        """Look at a record; False as soon as no column can be one of dates any more."""
        self._patience -= 1
        if not self._patience:
            self._open &= self._filled
        for column in tuple(self._open):
            cell = row.get(column)
            if cell is None:
                continue
            if type(cell) is str and _TIME.fullmatch(cell):
                self._filled.add(column)
            else:
                self._open.discard(column)
        return bool(self._open)

    def found(self) -> list[str]:
        return sorted(self._open & self._filled)
