from __future__ import annotations

import pytest
from resolver_kit import Resolver


@pytest.fixture(scope="session")
def resolving() -> Resolver:
    return Resolver()
