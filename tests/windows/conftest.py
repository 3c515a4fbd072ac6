"""Small wheels and the index on loopback are beside the installer's tests; tests of a whole Windows take turns."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import alone

sys.path.insert(0, str(Path(__file__).parents[1] / "installer"))


@pytest.fixture(autouse=True)
def in_turn(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that makes up a driver or values of the registry, or that must see none, has Windows to itself."""
    if request.node.get_closest_marker("whole_windows") is None:
        yield
        return
    with alone.whole_windows():
        yield
