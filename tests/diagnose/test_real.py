"""Logs of failures that were provoked for real (see real/README.md): the right code first, silence where due."""

from __future__ import annotations

from pathlib import Path

import pytest

from envdoc.diagnose import diagnose_bytes
from envdoc.model.finding import Severity

REAL = sorted((Path(__file__).parent / "real").glob("*.log"))


def test_there_are_enough() -> None:
    assert len(REAL) >= 150


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_failure(path: Path) -> None:
    wanted = path.stem.partition("--")[0]
    told = diagnose_bytes(path.read_bytes())
    loud = [finding.code for finding in told.findings if finding.severity is not Severity.INFO]
    if wanted == "none":
        assert loud == []
    else:
        assert told.root is not None
        assert told.root.code == wanted
