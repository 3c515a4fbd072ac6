"""RECORD files as they are found after kills, bad disks and odd tools."""

from __future__ import annotations

import pytest

from envdoc.rules import dist_info

WHOLE = "torch/__init__.py,sha256=abc,261\ntorch-2.8.0.dist-info/RECORD,,\n"
LONG = "x" * 200_000


def test_a_whole_one() -> None:
    assert dist_info.record(WHOLE) == {"torch/__init__.py": 261, "torch-2.8.0.dist-info/RECORD": None}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (WHOLE + "torch/a.p", ["torch/a.p"]),
        (WHOLE + f'"torch/a.py,,\n{LONG}', []),  # csv reads no field of more than 131,072 letters
        (WHOLE + LONG + ",,\n", []),
        (WHOLE + "a.py,," + "9" * 5000, ["a.py"]),
        (WHOLE + "a.py,,²", ["a.py"]),
        (WHOLE + "a.py,,-1", ["a.py"]),
    ],
)
def test_damaged_ones_are_none_and_their_paths_are_read_as_far_as_they_go(text: str, paths: list[str]) -> None:
    assert dist_info.record(text) is None
    assert list(dist_info.record_paths(text)) == ["torch/__init__.py", "torch-2.8.0.dist-info/RECORD", *paths]
