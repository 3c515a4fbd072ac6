"""The scan: line numbers, chunk borders, repeated lines, the last sightings."""

from __future__ import annotations

import random

import pytest

from envdoc.diagnose import diagnose_bytes
from envdoc.diagnose.scan import CHUNK, Scanner
from envdoc.diagnose.unwrap import unwrapped
from envdoc.diagnose.words import Words

ANCHOR = "an error occurred in CUDA"


def scan(data: bytes, piece: int = 1 << 16) -> Scanner:
    scanner = Scanner({b"error": (ANCHOR,)})
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


def test_a_crowded_piece_is_dealt_with_line_by_line_and_says_the_same() -> None:
    crowd = b"".join(b"an error, step %d\rerror %d\n" % (n, n) for n in range(3000))
    data = crowd + ANCHOR.encode() + b"\r\n" + crowd + b"x" * 9000 + b"\n" + ANCHOR.encode() + b"\n" + crowd
    few = scan(b"quiet\n" * 3000 + ANCHOR.encode() + b"\r\n" + b"quiet\n" * 3000 + ANCHOR.encode() + b"\n").finish()
    seen = scan(data).finish()
    assert [each.line.number for each in seen.sightings[ANCHOR]] == [3001, 6003]
    assert [each.line.number for each in few.sightings[ANCHOR]] == [3001, 6002]


def test_lines_that_differ_in_digits_only_are_told_apart_where_it_matters() -> None:
    told = diagnose_bytes(b"failed (exitcode: -15) local_rank: 0\n" * 3 + b"failed (exitcode: -9) local_rank: 0\n")
    assert [each.code for each in told.findings] == ["host-out-of-memory"]


def test_the_next_line_is_no_part_of_a_value() -> None:
    wanted = "ERROR: Could not find a version that satisfies the requirement cmake>=3 (from versions: none)\n"
    told = diagnose_bytes(f"{wanted}ERROR: No matching distribution found for cmake>=3\n[end of output]\n".encode())
    assert [dict(each.values)["package"] for each in told.findings] == ["cmake>=3"]


def test_a_wrapped_message_is_put_together() -> None:
    told = diagnose_bytes(
        "│ RuntimeError: The NVIDIA driver on your sys │\n│ tem is too old (found version 11040) │\n".encode()
    )
    assert [each.code for each in told.findings] == ["driver-too-old"]


GATES = (b"error", b"ut of memory", b"emory of fulness")


def test_a_piece_is_searched_for_what_its_words_allow() -> None:
    words = Words(GATES)
    assert words.gates_in(b"all is well, step 12 of 40") == set()
    assert words.gates_in(b"23:memory 12\n") == {b"ut of memory"}
    assert words.gates_in(b"out of memory, fulness, 3_errors") == set(GATES)


def test_what_words_allow_never_leaves_a_gate_out() -> None:
    rng = random.Random(12)
    words, parts = Words(GATES), [*GATES, b"err", b"or", b"mem", b" ", b"7", b"\n", b"'", b"\xe5", b"ful"]
    for _ in range(3000):
        piece = b"".join(rng.choices(parts, k=6))
        assert {gate for gate in GATES if gate in piece} <= set(words.gates_in(piece))


def test_where_every_word_is_new_the_piece_is_searched_whole() -> None:
    rng = random.Random(12)
    keys = [bytes(rng.choices(b"abcdefghijklmnopqrstuvwxyz", k=4000)) for _ in range(4)]
    words = Words(GATES)
    assert words.gates_in(keys[0]) == set(GATES)
    assert words.gates_in(b"step") == set(GATES)  # for a while


def test_memory_of_words_is_bounded() -> None:
    words = Words(GATES)
    for number in range(40):
        letters = [bytes([97 + a, 97 + b, 97 + number % 26, 97 + number // 26]) for a in range(26) for b in range(26)]
        words.gates_in(b" ".join(letters * 3))
        assert len(words._dull) <= 1 << 16
    assert words.gates_in(b"an error " * 30) == {b"error"}


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
