"""A sample file -> its entry in dataset_info.json, checked by the rules of `data check`; and the file with it."""

from __future__ import annotations

import json
import os
from itertools import islice
from typing import Any

from envdoc.errors import DataError, UsageError
from envdoc.host.base import Host
from envdoc.host.streams import open_binary
from envdoc.model import jsontext
from envdoc.model.value import dataclass
from envdoc.training.data import info
from envdoc.training.data.guess import guess
from envdoc.training.data.locate import reader_of
from envdoc.training.data.reading import pick
from envdoc.training.data.release import READERS

_LOOKED_AT = 200  # records


@dataclass(frozen=True, slots=True)
class Proposal:
    """The entry `name`, what was guessed, and how many records were looked at."""

    name: str
    entry: dict[str, Any]
    notes: tuple[str, ...]
    records: int


def propose(host: Host, path: str, name: str = "") -> Proposal:
    """The entry for a file, or for a folder of files of one kind.

    Raises:
        UsageError: the file is not there, or of no kind that the release reads.
        DataError: its records show no format.
    """
    first = _first_file(host, path)
    reader = reader_of(first)
    if not reader:
        known = ", ".join(f".{each}" for each in READERS)
        raise UsageError(f"{first}: LLaMA-Factory reads no such file", hint=f"convert it to one of {known}")
    records = _records(first, reader)
    found = guess(records)
    if found is None:
        seen = ", ".join(dict.fromkeys(key for record in records for key in record)) or "none"
        hint = "name its columns as in LLaMA-Factory's data/README.md"
        raise DataError(f"{first}: no column for prompts or messages is among its columns ({seen})", hint=hint)
    base = os.path.basename(os.path.abspath(path))  # noqa: PTH100, PTH119 - the user's own words
    return Proposal(name or base.partition(".")[0], {"file_name": base, **found.entry}, found.notes, len(records))


def _first_file(host: Host, path: str) -> str:
    there = host.stat(path).value
    if there is None:
        raise UsageError(f"{path} is not there", hint="name a file with a few records of the data set")
    if not there.is_dir:
        return path
    names = host.listdir(path).value or ()
    if not names:
        raise UsageError(f"{path} is empty", hint="name a file with a few records of the data set")
    return os.path.join(path, names[0])  # noqa: PTH118


def _records(path: str, reader: str) -> list[dict[str, Any]]:
    try:
        with open_binary(path) as file:
            rows = islice(pick.rows(reader, file, lambda _: None), _LOOKED_AT)
            found = [value for _, _, value, _ in rows if isinstance(value, dict)]
    except ImportError as error:
        hint = "pip install 'envdoc-gpu[data]'"
        raise UsageError(
            f"{path}: reading {reader} files needs pyarrow, which is not installed", hint=hint
        ) from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint="check the path") from error
    if reader == "csv":
        found = [_with_bools(each) for each in found]
    if not found:
        raise DataError(f"{path}: it has no records that can be read", hint="`envdoc data check` names what is wrong")
    return found


def _with_bools(row: dict[str, Any]) -> dict[str, Any]:
    words = {"true": True, "false": False}
    return {key: words.get(str(value).lower(), value) for key, value in row.items()}


def merged(raw: bytes | None, file: str, proposal: Proposal) -> str:
    """The text of dataset_info.json with the entry added; None for a file that is not there yet.

    Raises:
        UsageError: it has an entry of that name, which is never overwritten.
        DataError: it is no JSON object.
    """
    entries: dict[str, Any] = {}
    if raw is not None:
        read = info.read(raw, file)
        broken = next((each for owner, each in read.findings if owner == "" and not read.names), None)
        if broken is not None:
            raise DataError(f"{broken.where}: {broken.summary}", hint="mend it first, or write to another file")
        if proposal.name in read.names:
            hint = "choose another name with --name"
            raise UsageError(f"{file} has an entry `{proposal.name}`, which is not overwritten", hint=hint)
        entries = jsontext.table(raw, any_number=True)
    return json.dumps({**entries, proposal.name: proposal.entry}, ensure_ascii=False, indent=2) + "\n"
