"""What the rooms of `data` hand to each other, and what they bring home."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from envdoc.model.finding import Finding
from envdoc.model.value import dataclass, field

Record = Mapping[str, Any]


_KINDS = {str: "text", bool: "true/false", int: "number", float: "number", list: "list", dict: "object"}


def kind_of(value: object) -> str:
    """JSON's word for a value's type."""
    return "null" if value is None else _KINDS.get(type(value), type(value).__name__)


class Effect(StrEnum):
    """What the release does about a mistake; also the names of the sentences in `findings/words/data.yaml`."""

    FAILS_AT_ONCE = "fails-at-once"  # before any data is read
    FAILS_LOADING = "fails-loading"  # while the file is read into a table
    FAILS_CONVERTING = "fails-converting"  # with the first such record, after the file was read
    DROPPED = "dropped"  # the record is left out, with a line in the log
    CHANGED = "changed"  # the record is trained otherwise than written, without a word
    IGNORED = "ignored"  # what is written has no effect, without a word
    NONE = "none"  # nothing happens; worth knowing


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with one record. `key` is the column or the place in it; `values` fill the finding's words."""

    code: str
    key: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of dataset_info.json as the release understands it. None: not mapped."""

    name: str
    source: str = "file"  # file, hub, script, cloud
    target: str = ""  # file or folder below the data folder, hub name or URL
    formatting: str = "alpaca"
    ranking: bool = False  # as the converter takes it: a text counts as true
    columns: Mapping[str, str | None] = field(default_factory=dict)
    tags: Mapping[str, str | None] = field(default_factory=dict)
    file: str = ""  # the dataset_info.json
    line: int = 0

    @property
    def kto(self) -> bool:
        return self.columns.get("kto_tag") is not None

    @property
    def plain(self) -> bool:
        """Texts without answers, as for pre-training (`pt`) or PPO."""
        answered = self.columns.get("response") is not None or self.ranking
        return self.formatting == "alpaca" and not answered and not self.kto


@dataclass(frozen=True, slots=True)
class Broken:
    """A piece of a file that is no record."""

    code: str
    values: tuple[tuple[str, str], ...] = ()
    stop: bool = False  # the rest of the file cannot be read


@dataclass(frozen=True, slots=True)
class FieldLengths:
    """Characters (or tokens) of one field over all records that have it."""

    name: str
    count: int
    least: int
    median: int
    p95: int
    most: int


@dataclass(frozen=True, slots=True)
class Statistics:
    fields: tuple[FieldLengths, ...] = ()
    tokens: tuple[FieldLengths, ...] = ()
    turns: int = 0
    images: int = 0
    videos: int = 0
    audios: int = 0
    duplicates: int = 0
    compared: int = 0  # how many records were compared for duplicates
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One entry, read. `sampled` are the numbers of the bad records that findings name."""

    name: str
    format: str
    records: int = 0
    bad: int = 0
    sampled: tuple[int, ...] = ()
    status: str = "checked"  # partly, not-checked
    reason: str = ""
    files: tuple[str, ...] = ()
    statistics: Statistics = Statistics()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the reading stands; told every few megabytes."""

    name: str
    records: int
    done: int  # bytes
    total: int
