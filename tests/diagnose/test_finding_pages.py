"""Every code has its page, made from its rule and up to date (or written by hand)."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from envdoc.diagnose.rules import load

ROOT = Path(__file__).resolve().parents[2]


def test_pages_are_fresh() -> None:
    spec = importlib.util.spec_from_file_location("findings_pages", ROOT / "tools" / "findings_pages.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.stale() == []


def test_every_code_has_a_page() -> None:
    assert [rule.code for rule in load() if not (ROOT / "docs" / "findings" / f"{rule.code}.md").is_file()] == []
