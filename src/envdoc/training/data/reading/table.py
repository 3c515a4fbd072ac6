"""csv by the standard library, txt by lines; parquet and arrow by pyarrow, which is optional."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from envdoc.training.data.reading import Rows
from envdoc.training.data.reading.loads import LIMIT, not_utf8
from envdoc.training.data.values import Broken

_BATCH = 256  # rows of a column file that are Python objects at a time
# What pandas takes for "no value" (pandas' STR_NA_VALUES)
ABSENT = frozenset(
    [
        "",
        "#N/A N/A",
        "#N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "None",
        "n/a",
        "nan",
        "null",
    ]
)


def csv_rows(file: BinaryIO, on_piece: Callable[[int], None]) -> Rows:
    """The rows of a csv file as the release's reader sees them: the first is the header, what is empty is None."""
    csv.field_size_limit(LIMIT)
    reader = csv.reader(_decoded(file, on_piece))
    record = 0
    try:
        header = _header(next((cells for cells in reader if cells), []))
        width = 0
        for cells in reader:
            if not cells:
                continue
            record += 1
            if not width:
                width = max(len(cells), len(header))
                if width > len(header):
                    yield record, reader.line_num, Broken("data-csv-index", _sizes(header, cells)), 0
            if len(cells) > width:
                yield record, reader.line_num, Broken("data-csv-row", _sizes(header, cells)), 0
                continue
            filled = (cells + [""] * (width - len(cells)))[width - len(header) :]
            row = {name: None if cell in ABSENT else cell for name, cell in zip(header, filled, strict=True)}
            yield record, reader.line_num, row, hash(tuple(cells))
    except UnicodeDecodeError as error:
        yield record + 1, reader.line_num + 1, not_utf8(error.object, error.start, stop=True), 0
    except csv.Error as error:
        yield record + 1, reader.line_num, Broken("data-file-broken", (("why", str(error)),), stop=True), 0


def _header(cells: list[str]) -> list[str]:
    """Column names as pandas makes them: of two equal ones the second is another, `output.1`."""
    names: list[str] = []
    for number, cell in enumerate(cells):
        name = cell or f"Unnamed: {number}"
        names.append(f"{name}.{names.count(name)}" if name in names else name)
    return names


def _sizes(header: list[str], cells: list[str]) -> tuple[tuple[str, str], ...]:
    return (("expected", str(len(header))), ("seen", str(len(cells))))


def _decoded(file: BinaryIO, on_piece: Callable[[int], None]) -> Iterator[str]:
    """Lines of a text, a byte order mark left out; one that is no UTF-8 raises UnicodeDecodeError."""
    first = True
    while raw := file.readline(LIMIT):
        on_piece(len(raw))
        yield raw.decode("utf-8-sig" if first else "utf-8")
        first = False


def text_rows(file: BinaryIO, on_piece: Callable[[int], None]) -> Rows:
    """Each line as a record with the column `text`."""
    record = 0
    while raw := file.readline(LIMIT):
        on_piece(len(raw))
        record += 1
        try:
            yield record, record, {"text": raw.decode("utf-8").rstrip("\r\n")}, hash(raw)
        except UnicodeDecodeError as error:
            yield record, record, not_utf8(raw, error.start), 0


def parquet_rows(file: BinaryIO, on_piece: Callable[[int], None]) -> Rows:
    """Rows of a parquet file, some at a time.

    Raises:
        ImportError: pyarrow is not installed.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        whole = pq.ParquetFile(file)
        yield from _batches(whole.iter_batches(batch_size=_BATCH), on_piece)
    except (pa.ArrowException, OSError, ValueError) as error:
        yield 1, 0, _unreadable(error), 0


def arrow_rows(file: BinaryIO, on_piece: Callable[[int], None]) -> Rows:
    """Rows of an arrow file, in its stream or its file form.

    Raises:
        ImportError: pyarrow is not installed.
    """
    import pyarrow as pa

    try:
        try:
            batches: Iterator[Any] = iter(pa.ipc.open_stream(file))
        except (OSError, pa.ArrowInvalid):
            file.seek(0)
            reader = pa.ipc.open_file(file)
            batches = (reader.get_batch(index) for index in range(reader.num_record_batches))
        yield from _batches(batches, on_piece)
    except (pa.ArrowException, OSError, ValueError) as error:
        yield 1, 0, _unreadable(error), 0


def _batches(batches: Iterator[Any], on_piece: Callable[[int], None]) -> Rows:
    record = 0
    for batch in batches:
        for start in range(0, batch.num_rows, _BATCH):
            part = batch.slice(start, _BATCH)
            on_piece(part.nbytes)
            for row in part.to_pylist():
                record += 1
                yield record, 0, row, hash(str(row))


def _unreadable(error: Exception) -> Broken:
    return Broken(
        "data-file-broken", (("why", str(error).splitlines()[0][:200] if str(error) else "unknown"),), stop=True
    )
