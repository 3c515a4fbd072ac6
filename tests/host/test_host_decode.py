"""Encodings of Windows' programs, tested anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoc.host.decode import Lines, decode, looks_utf16

GBK = ("cp936",)


@pytest.mark.parametrize(
    ("data", "pages", "text"),
    [
        (b"plain", GBK, "plain"),
        ("找不到指定的模块".encode(), GBK, "找不到指定的模块"),
        ("找不到指定的模块".encode("gbk"), GBK, "找不到指定的模块"),
        ("Größe".encode("cp850"), ("cp850", "cp1252"), "Größe"),
        (b"\x81\xff", GBK, "��"),
        (b"caf\xe9", (), "caf�"),
        (b"caf\xe9", ("no-such-code-page", "cp1252"), "café"),
        (b"\xef\xbb\xbfmarked", (), "marked"),
        (b"\xff\xfeW\x00", (), "W"),
        ("NAME  STATE\r\nUbuntu".encode("utf-16-le"), (), "NAME  STATE\r\nUbuntu"),
        (b"", GBK, ""),
    ],
)
def test_decode(data: bytes, pages: tuple[str, ...], text: str) -> None:
    assert decode(data, pages) == text


def test_a_zero_here_and_there_is_not_utf16() -> None:
    assert not looks_utf16(b"abc\0def\0ghi")
    assert not looks_utf16(b"\0\0\0\0")
    assert looks_utf16("wsl".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([b"a\nb\n"], ["a", "b"]),
        ([b"a\r\nb"], ["a", "b"]),
        ([b"a\r", b"\nb"], ["a", "b"]),
        ([b"10%\r20%\r", b"30%\n"], ["10%", "20%", "30%"]),
        ([b"a\n\nb"], ["a", "", "b"]),
        ([b"\xe6\x89", b"\xbe\n"], ["找"]),
        ([b"done\r"], ["done"]),
        ([b"", b""], []),
    ],
)
def test_lines(chunks: list[bytes], lines: list[str]) -> None:
    splitter = Lines()
    seen = [line for chunk in chunks for line in splitter.feed(chunk)]
    assert seen + splitter.close() == lines


@given(st.lists(st.text(alphabet="ab ä找", min_size=1)), st.integers(1, 7), st.sampled_from(["\n", "\r\n", "\r"]))
def test_lines_do_not_depend_on_how_bytes_arrive(lines: list[str], size: int, end: str) -> None:
    data = "".join(line + end for line in lines).encode()
    splitter = Lines()
    seen = [line for n in range(0, len(data), size) for line in splitter.feed(data[n : n + size])]
    assert seen + splitter.close() == lines
