"""Files as records: any cut of the window gives the same records and lines, and places are right."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoc.training.data.jsonplaces import places
from envdoc.training.data.reading import array, lines, pick, table
from envdoc.training.data.values import Broken

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), max_size=6)


def none(_: int) -> None: ...


@settings(deadline=None, max_examples=60)
@given(RECORDS, st.integers(1, 40), st.sampled_from((None, 1)), st.booleans())
def test_a_list_read_through_any_window_is_the_list(
    records: list[dict[str, Any]], window: int, indent: int | None, ascii_only: bool
) -> None:
    raw = json.dumps(records, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    before = array._CHUNK
    array._CHUNK = window
    try:
        rows = list(array.rows(io.BytesIO(raw), none))
    finally:
        array._CHUNK = before
    assert [value for _, _, value, _ in rows] == records
    assert [number for number, *_ in rows] == list(range(1, len(records) + 1))


@settings(deadline=None, max_examples=40)
@given(RECORDS, st.sampled_from(("\n", "\r\n", "\n\n")))
def test_lines_are_the_records_with_their_lines(records: list[dict[str, Any]], end: str) -> None:
    raw = "".join(json.dumps(each) + end for each in records).encode()
    rows = list(lines.rows(io.BytesIO(raw), none))
    assert [value for _, _, value, _ in rows] == records
    step = 2 if end == "\n\n" else 1
    assert [line for _, line, _, _ in rows] == [1 + step * index for index in range(len(records))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}\n{"a":\n 2}\n{"a": 3}\n', [(1, 1), (2, 2), (3, 4)]),
        ('{"a": 1} {"a": 2}\n{"a": 3}', [(1, 1), (2, 1), (3, 2)]),
        ('{"a": 1}\nnull\n{"a": 3}', [(1, 1), (2, 3)]),
    ],
)
def test_records_over_several_lines_and_side_by_side(text: str, expected: list[tuple[int, int]]) -> None:
    rows = list(lines.rows(io.BytesIO(text.encode()), none))
    assert [(number, line) for number, line, _, _ in rows] == expected


def test_a_cut_line_costs_itself_only() -> None:
    text = '{"a": 1}\n{"a": "cut\n{"a": 3}\n{"a":\n{"a": 5}\n'
    rows = [(line, value) for _, line, value, _ in lines.rows(io.BytesIO(text.encode()), none)]
    assert [line for line, _ in rows] == [1, 2, 3, 4, 5]
    assert [type(value) for _, value in rows] == [dict, Broken, dict, Broken, dict]


def test_bytes_are_counted_once() -> None:
    seen: list[int] = []
    raw = b'{"a": 1}\n{"a":\n{"b": 2}\n{"a":\n1}\n'
    list(lines.rows(io.BytesIO(raw), seen.append))
    assert sum(seen) == len(raw)


def test_csv_as_pandas_reads_it() -> None:
    raw = b'\xef\xbb\xbfa,b,b,\n1,"x\ny",NA,z\n2\n'
    rows = [(line, value) for _, line, value, _ in table.csv_rows(io.BytesIO(raw), none)]
    assert rows == [
        (3, {"a": "1", "b": "x\ny", "b.1": None, "Unnamed: 3": "z"}),
        (4, {"a": "2", "b": None, "b.1": None, "Unnamed: 3": None}),
    ]


def test_the_reader_by_extension_and_first_character() -> None:
    assert [value for *_, value, _ in pick.rows("json", io.BytesIO(b' \n[{"a": 1}]'), none)] == [{"a": 1}]
    assert [value for *_, value, _ in pick.rows("json", io.BytesIO(b'{"a": 1}\n'), none)] == [{"a": 1}]
    assert [value for *_, value, _ in pick.rows("text", io.BytesIO(b"a\r\n\nb"), none)] == [
        {"text": "a"},
        {"text": ""},
        {"text": "b"},
    ]


def test_where_keys_stand() -> None:
    text = '{\n "a": {\n  "x": ["}", {"y": 1}],\n  "x": "{\\"q\\": 1}"\n },\n "b": 2, "a": 3}'
    found, twice = places(text)
    assert found[("a",)] == 6
    assert found[("a", "x", "1", "y")] == 3
    assert found[("b",)] == 6
    assert twice == [(("a", "x"), 3, 4), (("a",), 2, 6)]
