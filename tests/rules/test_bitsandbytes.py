"""Which bitsandbytes has a library for torch's CUDA, by the table and beyond it."""

from __future__ import annotations

import pytest

from envdoc.knowledge.rows import BitsandbytesRow
from envdoc.knowledge.tables import load
from envdoc.rules.bitsandbytes import best, fits, loaded, row_of
from envdoc.rules.requirements import satisfies

LIBRARIES = ("11.8", "12.4", "12.8", "13.0")


@pytest.mark.parametrize(
    ("cuda", "same_major", "expected"),
    [
        ("12.8", True, "12.8"),
        ("12.9", True, "12.8"),
        ("12.6", True, "12.4"),
        ("12.1", True, "12.4"),  # none below: the lowest above
        ("13.2", True, "13.0"),
        ("14.0", True, ""),
        ("12.8", False, "12.8"),
        ("12.9", False, ""),
    ],
)
def test_falls_back_within_a_major_from_050_on(cuda: str, same_major: bool, expected: str) -> None:
    assert loaded(LIBRARIES, cuda, same_major=same_major) == expected


def test_a_release_beyond_the_table_has_no_row() -> None:
    assert row_of("99.0.0", load()) is None


@pytest.mark.parametrize("cuda", sorted({cuda for row in load().bitsandbytes for cuda in row.cuda}))
def test_what_is_proposed_has_a_library(cuda: str) -> None:
    """The specifier allows at least one release of its row, and none that is known bad."""
    wanted = best(cuda, load())
    row = next(row for row in load().bitsandbytes if wanted.startswith(row.versions))
    assert loaded(row.cuda, cuda, same_major=row.same_major_fallback)
    assert not any(satisfies(bad, wanted) for bad in row.avoid)
    assert not [
        each for each in load().bitsandbytes
        if each is not row and loaded(each.cuda, cuda, same_major=each.same_major_fallback)
        and load().bitsandbytes.index(each) > load().bitsandbytes.index(row)
    ]  # fmt: skip


@pytest.mark.parametrize("row", load().bitsandbytes, ids=lambda row: row.versions)
def test_the_least_python_and_torch_of_a_range_are_enough_for_it(row: BitsandbytesRow) -> None:
    assert fits(row, "", python=row.python_min, torch=row.torch_min)
    assert fits(row, "", python="3.1") is (row.python_min == "")
    assert fits(row, "", torch="1.0") is (row.torch_min == "")


def test_a_release_that_is_known_bad_is_left_out() -> None:
    assert best("12.8", load(), python="3.9", torch="2.3") == ">=0.48,<0.49,!=0.48.0"


def test_an_old_python_gets_an_older_one() -> None:
    assert best("12.6", load(), python="3.8") != best("12.6", load())
