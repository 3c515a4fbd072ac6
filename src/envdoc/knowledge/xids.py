"""Xid numbers of the kernel's log: NVIDIA's meaning and what comes first (table `xid`)."""

from __future__ import annotations

from functools import cache

from envdoc.knowledge import table
from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class XidRow(Row):
    """One Xid. `first` says what comes first: see the head of the table."""

    xid: int
    meaning: str
    first: str  # "app" | "reset" | "reboot" | "link" | "none"
    name: str = ""  # NVIDIA's mnemonic, "NVLINK_ERROR"
    action: str = ""  # NVIDIA's immediate action, "RESET_GPU"; "" where its catalogue names none


@cache
def rows() -> tuple[XidRow, ...]:
    """The table's rows, in the order of their numbers."""
    return table.rows(XidRow, table.read("xid"))


def of_number(number: str) -> XidRow | None:
    """The row of `79`; None where the table has none."""
    return next((row for row in rows() if str(row.xid) == number), None)
