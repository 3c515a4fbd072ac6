"""The error names of NVIDIA's libraries, whole (table `error_names`)."""

from __future__ import annotations

from functools import cache

from envdoc.knowledge import table
from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class ErrorRow(Row):
    """One name. `kind` says what it is about: see the head of the table."""

    family: str  # "cuda-runtime" | "cuda-driver" | "nvml" | "cudnn" | "cublas" | "nccl"
    name: str
    number: int
    kind: str
    says: str = ""  # the library's own words, "" where they are not known


@cache
def rows() -> tuple[ErrorRow, ...]:
    """The table's rows, a family after the other."""
    return table.rows(ErrorRow, table.read("error_names"))


@cache
def by_name() -> dict[str, ErrorRow]:
    return {row.name: row for row in rows()}


@cache
def by_words() -> dict[str, ErrorRow]:
    """CUDA's own sentences: `invalid device ordinal`; of two names with one sentence the first."""
    found: dict[str, ErrorRow] = {}
    for row in rows():
        if row.family == "cuda-runtime" and row.says:
            found.setdefault(row.says.rstrip("."), row)
    return found
