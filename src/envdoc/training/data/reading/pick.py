"""Which reader a file gets: by its extension, and for JSON by its first character, as the release does."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from envdoc.training.data.reading import Rows, array, lines, table
from envdoc.training.data.values import Broken

BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def rows(kind: str, file: BinaryIO, on_piece: Callable[[int], None], keys: tuple[str, ...] = ()) -> Rows:
    """The records of a file of this kind (`json`, `csv`, `text`, `parquet`, `arrow`).

    Raises:
        ImportError: pyarrow is needed and not installed.
    """
    if kind == "parquet":
        return table.parquet_rows(file, on_piece)
    if kind == "arrow":
        return table.arrow_rows(file, on_piece)
    head = file.read(1 << 16)
    file.seek(0)
    if head.startswith(_UTF16):
        broken = Broken("data-encoding", (("byte", f"0x{head[0]:02x}"), ("guess", "UTF-16")), stop=True)
        return iter([(1, 1, broken, 0)])
    if kind == "csv":
        return table.csv_rows(file, on_piece)
    if kind == "text":
        return table.text_rows(file, on_piece)
    return array.rows(file, on_piece) if is_list(head) else lines.rows(file, on_piece, keys)


def is_list(head: bytes) -> bool:
    """Whether a JSON file's beginning is that of a list, and not of a line that is a list."""
    return head.removeprefix(BOM).lstrip().startswith(b"[")
