"""docs/findings is made from the catalogue, whole and up to date."""

from __future__ import annotations

import importlib.util
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "findings_pages.py"


def test_pages_are_fresh() -> None:
    spec = importlib.util.spec_from_file_location("findings_pages", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.stale() == []
