"""Driver versions: branches, floors, and what a newer libcuda runs."""

from __future__ import annotations

import pytest

from envdoc.knowledge.tables import load
from envdoc.rules.drivers import Driver, comparable, forward_compatible, too_old


@pytest.mark.parametrize(
    ("offered", "tag", "runs"),
    [
        ("12.8", "cu128", True),
        ("12.4", "cu128", True),
        ("13.0", "cu128", True),
        ("11.8", "cu128", False),
        ("", "cu128", False),
    ],
)
def test_a_libcuda_of_the_same_major_runs_it(offered: str, tag: str, runs: bool) -> None:
    assert forward_compatible(offered, tag) is runs


def test_a_branch_alone_stands_for_its_newest_release() -> None:
    assert comparable("580") > comparable("580.159.04") > comparable("579")


@pytest.mark.parametrize(("cuda", "old"), [("13.0", False), ("12.9", True), ("", False)])
def test_without_a_version_the_cuda_that_it_offers_decides(cuda: str, old: bool) -> None:
    """cu130 needs a driver that offers 13; of a driver that tells nothing nothing is held against it."""
    least = too_old(Driver("", "linux", cuda), "cu130", load())
    assert bool(least) is old
