"""csv cells as pandas types them: a column of numbers only is no text, one of true and false only is of bools."""

from __future__ import annotations

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
