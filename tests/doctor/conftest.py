"""What the tests of the checks share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from doctor_cases import case_of

from envdoc.doctor import examine
from envdoc.model.finding import Report


@pytest.fixture(scope="session")
def judge() -> Callable[..., Report]:
    """`judge("linux-t4-535", {"driver.version": ...}, profile="rtx20", only=("driver-runtime",))`."""

    def run(
        name: str,
        changes: dict[str, object] | None = None,
        profile: str = "",
        only: tuple[str, ...] = (),
        require: tuple[str, ...] = (),
    ) -> Report:
        return examine(case_of(name, changes, profile), only=only, require=require)

    return run
