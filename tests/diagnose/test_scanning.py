"""The scan: line numbers, chunk borders, repeated lines, the last sightings."""

from __future__ import annotations

import pytest

from envdoc.diagnose import diagnose_bytes
from envdoc.diagnose.fresh import Memory
from envdoc.diagnose.scan import CHUNK, Scanner
from envdoc.diagnose.unwrap import unwrapped

ANCHOR = "an error occurred in CUDA"


def scan(data: bytes, piece: int = 1 << 16) -> Scanner:
    scanner = Scanner([ANCHOR])
    for at in range(0, len(data), piece):
        scanner.feed(data[at : at + piece])
    return scanner


def test_line_numbers_are_those_of_an_editor() -> None:
    data = b"one\r\ntwo\rthree 50%\r" + ANCHOR.encode() + b"\nfour\n" + ANCHOR.encode()
    seen = scan(data).finish()
    assert [each.line.number for each in seen.sightings[ANCHOR]] == [2, 4]
    assert seen.lines == 4


@pytest.mark.parametrize("shift", range(0, len(ANCHOR) + 2, 5))
def test_an_anchor_on_a_chunk_border(shift: int) -> None:
    filler = b"x" * 99 + b"\n"
    lines = (CHUNK - shift) // 100
    data = filler * lines + b"y" * (CHUNK - shift - lines * 100) + ANCHOR.encode() + b"\n" + filler * 300
    seen = scan(data).finish()
    assert [each.line.number for each in seen.sightings[ANCHOR]] == [lines + 1]


def test_only_the_first_and_the_last_sightings_are_kept() -> None:
    line = b"step 1\n" * 5000 + ANCHOR.encode() + b"\n"
    seen = scan(line * 40).finish()
    numbers = [each.line.number for each in seen.sightings[ANCHOR]]
    assert numbers[:4] == [5001, 10002, 15003, 20004]
    assert numbers[-1] == 40 * 5001
    assert len(numbers) == 7
    assert seen.times[ANCHOR] == 40


def test_lines_that_differ_in_digits_only_are_told_apart_where_it_matters() -> None:
    told = diagnose_bytes(b"failed (exitcode: -15) local_rank: 0\n" * 3 + b"failed (exitcode: -9) local_rank: 0\n")
    assert [each.code for each in told.findings] == ["host-out-of-memory"]


def test_a_wrapped_message_is_put_together() -> None:
    told = diagnose_bytes(
        "│ RuntimeError: The NVIDIA driver on your sys │\n│ tem is too old (found version 11040) │\n".encode()
    )
    assert [each.code for each in told.findings] == ["driver-too-old"]


def test_memory_gives_up_where_nothing_repeats() -> None:
    memory = Memory(1000)
    words = [bytes([97 + a, 97 + b, 97 + c]) for a in range(20) for b in range(20) for c in range(20)]
    pieces = [b"\n".join(words[n * 1000 : (n + 1) * 1000]) for n in range(8)]
    assert [memory.fresh(piece) is None for piece in pieces] == [False] * 4 + [True] * 4


def test_an_endless_line_is_searched_whole() -> None:
    assert Memory(10).fresh(b"a" * 11) is None


def test_a_terminal_s_wrap_is_undone() -> None:
    lines = unwrapped([b"x" * 80, b"y" * 80, b"end", b"next"])
    assert lines == [(1, "x" * 80 + "y" * 80 + "end"), (4, "next")]
    assert unwrapped([b"x" * 80 + b"z", b"short"]) == [(1, "x" * 80 + "zshort")]
    assert unwrapped([b"short", b"lines"]) is None


def test_a_message_cut_within_its_word_is_found() -> None:
    head = "ImportError: /x/site-packages/flash_attn_2_cuda.cpython-310-x86_64-linux-gnu.so: undefi"
    told = diagnose_bytes(f"{head}\nned symbol: _ZN3c104cuda9SetDeviceEi\n".encode())
    assert [each.code for each in told.findings] == ["flash-attn-mismatch"]
    assert told.findings[0].evidence[0].startswith("line 1: ")
