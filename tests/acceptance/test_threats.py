"""Each line of the tables of threats and attacks names tests, and those are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "security.md"


def table(title: str) -> list[str]:
    """The rows of the table in the chapter of that title, without its head."""
    chapter = PAGE.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return [line for line in chapter.splitlines() if line.startswith("| ")][1:]


def test_no_attack_is_left_out() -> None:
    numbers = {int(row.split("|")[1]) for row in table("Attacks")}
    assert numbers == set(range(1, len(numbers) + 1))
    assert len(numbers) >= 20


def test_each_threat_names_a_test_that_exists() -> None:
    rows = table("Threats") + table("Attacks")
    assert len(rows) >= 50
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row)
        assert named, row
        assert row.count("::") == len(named), row
        for file, name in named:
            assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), row


def test_the_page_for_reporters_leads_there() -> None:
    assert "docs/explanation/security.md" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
