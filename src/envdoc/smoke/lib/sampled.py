"""The first records of a data set's file, for LLaMA-Factory's own reader.

A file that is small stays as it is, mistakes and all; of a large one the first records are written beside, in the
same format. Runs in the target environment: pyarrow is there wherever `datasets` is.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

WHOLE = 64 << 20  # bytes up to which a file is read whole
_HUBS = ("hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name")


def sampled(
    info: dict[str, Any], names: list[str], home: Path, folder: Path, count: int
) -> tuple[dict[str, Any], list[str]]:
    """Entries of dataset_info.json for the named sets, whose files are at hand, and the names that come from a hub.

    Raises:
        KeyError: a name that is not in `info`.
        OSError: a file that is not there.
    """
    told, hub = {}, []
    for name in names:
        entry = info[name]
        if any(key in entry for key in _HUBS):
            hub.append(name)
            continue
        told[name] = {**entry, "file_name": str(_file(home / entry["file_name"], folder / name, count))}
    return told, hub


def _file(path: Path, target: Path, count: int) -> Path:
    """The file, or its beginning under `target`; of a folder, its first file."""
    if path.is_dir():
        path = min(each for each in path.iterdir() if each.is_file())
    if path.stat().st_size <= WHOLE:
        return path.resolve()
    target = target.with_suffix(path.suffix)
    _WAYS.get(path.suffix, _lines)(path, target, count)
    return target


def _lines(path: Path, target: Path, count: int) -> None:
    """One record a line; a JSON list in either of the names that both forms have."""
    with path.open("rb") as source:
        if source.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[":
            return _list(path, target, count)
        source.seek(0)
        with target.open("wb") as out:
            out.writelines(itertools.islice(source, count))
    return None


def _list(path: Path, target: Path, count: int) -> None:
    """The first objects of a JSON list, out of its first 64 MiB."""
    with path.open("rb") as source:
        text = source.read(WHOLE).decode("utf-8", "ignore")
    found: list[Any] = []
    decoder, place = json.JSONDecoder(), text.index("[") + 1
    while len(found) < count:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        try:
            record, place = decoder.raw_decode(text, place)
        except ValueError:  # the end of the list, or of what was read
            break
        found.append(record)
    target.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def _csv(path: Path, target: Path, count: int) -> None:
    """The header and so many lines; a line break within quotes is none."""
    quotes, lines = 0, 0
    with path.open("rb") as source, target.open("wb") as out:
        for line in source:
            out.write(line)
            quotes += line.count(b'"')
            lines += quotes % 2 == 0
            if lines > count:
                return


def _parquet(path: Path, target: Path, count: int) -> None:
    import pyarrow
    import pyarrow.parquet

    batch = next(pyarrow.parquet.ParquetFile(path).iter_batches(batch_size=count))
    pyarrow.parquet.write_table(pyarrow.Table.from_batches([batch]), target)


def _arrow(path: Path, target: Path, count: int) -> None:
    import pyarrow

    with pyarrow.memory_map(str(path)) as source:
        try:
            reader = pyarrow.ipc.open_stream(source)
        except pyarrow.ArrowInvalid:
            reader = pyarrow.ipc.open_file(source)
        first = next(iter(reader)) if hasattr(reader, "__iter__") else reader.get_batch(0)
        with pyarrow.ipc.new_stream(str(target), first.schema) as out:
            out.write_batch(first.slice(0, count))


_WAYS = {".csv": _csv, ".parquet": _parquet, ".arrow": _arrow}
