"""The bench for remedies: made once for all, with an index on loopback that has what the lines ask for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "installer"))

from bench import Bench, Shop, stocked


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with stocked(tmp_path_factory.mktemp("uv-cache")) as shop:
        yield shop


@pytest.fixture
def bench(shop: Shop, tmp_path: Path) -> Bench:
    return Bench(shop, tmp_path)
