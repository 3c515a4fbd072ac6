"""Lines as a person reads them; nothing left that a terminal would obey."""

from __future__ import annotations

import pytest

from envdoc.diagnose.clean import clean, decode, shown, without_prefix
from envdoc.rules.encodings import Utf8


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x1b[31mRuntimeError\x1b[0m: x", "RuntimeError: x"),
        (b"[31mRuntimeError[0m: x", "RuntimeError: x"),
        ("←[1;31merror←[0m".encode(), "error"),
        (b"\x1b]0;title\x07text", "text"),
        ("│ AssertionError: no │".encode(), "AssertionError: no"),
        (b"&lt;string&gt;:1: &quot;x&quot; &amp;lt;", '<string>:1: "x" <'),
        (b"<code>a</code> b", "a  b"),
        ("couldn‘t ´pip´".encode(), "couldn't 'pip'"),
        (b"a\x00b\x07c\x08", "abc"),
        ("safe\u202eevil\u200b".encode(), "safeevil"),
        ("页面文件太小".encode("gbk"), "页面文件太小"),
        (b"caf\xe9 \xff", "café ÿ"),
    ],
)
def test_clean(raw: bytes, text: str) -> None:
    assert clean(raw) == text


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("[rank3]: RuntimeError: x", "RuntimeError: x"),
        ("2026-11-24T10:00:00.123Z error: x", "error: x"),
        ("trainer-1  | error: x", "error: x"),
        ("(Worker pid=38135) error: x", "error: x"),
        ("grpo_02: error: x", "error: x"),
        ("> > error: x", "error: x"),
        ("#13 12.34 error: x", "error: x"),
        ("ERROR 01-11 13:09:40 engine.py:366] error: x", "error: x"),
        ("RuntimeError: x", "RuntimeError: x"),
    ],
)
def test_prefixes(line: str, text: str) -> None:
    assert without_prefix(line) == text


def test_a_long_line_is_shown_around_its_anchor() -> None:
    text = shown("a" * 500 + " error here " + "b" * 500, "error here", 100)
    assert len(text) == 102
    assert "error here" in text
    assert (text[0], text[-1]) == ("…", "…")


def test_decode_never_fails() -> None:
    assert all(decode(bytes([a, b])) for a in range(256) for b in (0, 127, 128, 255))


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
def test_any_unicode_encoding_in_any_pieces(name: str) -> None:
    text = "RuntimeError: CUDA error 内存\nline two\n" * 20
    data = text.encode(name)
    for size in (1, 3, 7, 4096):
        utf8 = Utf8()
        told = b"".join(utf8.feed(data[at : at + size]) for at in range(0, len(data), size)) + utf8.finish()
        assert told.decode().replace("\ufeff", "") == text
