"""Every code that envdoc can print has its page, and `explain` prints it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_runner import Run

from envdoc.findings import codes, former

SOURCE = Path(__file__).parents[2] / "src" / "envdoc"
PAGES = SOURCE.parents[1] / "docs" / "findings"
LITERAL = re.compile(r'(?:[Ff]inding\(\s*(?:code=)?|\bcode=)"([a-z0-9]+(?:-[a-z0-9]+)+|usage)"')
RULE = re.compile(r"^\s*-?\s*code:\s*([a-z0-9-]+)", re.MULTILINE)


def used() -> set[str]:
    """Codes as they stand in the source: findings, errors, checks and log rules."""
    from envdoc.doctor import checks

    found = {code for check in checks() for code in check.codes}
    for path in SOURCE.rglob("*.py"):
        found |= set(LITERAL.findall(path.read_text(encoding="utf-8")))
    for path in SOURCE.glob("diagnose/rules/*.yaml"):
        found |= set(RULE.findall(path.read_text(encoding="utf-8")))
    return found


def test_every_code_has_its_page() -> None:
    assert sorted(used() - set(codes())) == []


@pytest.mark.parametrize("code", codes())
def test_explain_prints_the_page(envdoc: Run, code: str) -> None:
    ran = envdoc("explain", code)
    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"# {code}\n")
    in_docs = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert ran.stdout == in_docs.rpartition("\n<!-- made by")[0]


@pytest.mark.parametrize("code", sorted(former()))
def test_a_former_code_is_answered_by_that_of_today(envdoc: Run, code: str) -> None:
    ran = envdoc("explain", code)
    today = former()[code]
    assert ran.stdout.startswith(f"`{code}` is now `{today}`\n\n# {today}\n")
    assert f"`{code}`" in ran.stdout.partition("**Formerly:**")[2]


def test_the_list_says_what_each_code_means(envdoc: Run) -> None:
    ran = envdoc("explain", "--list")
    lines = dict(line.split(maxsplit=1) for line in ran.stdout.splitlines())
    assert tuple(lines) == codes()
    assert lines["disk-full"] == "The disk is full, or has less room than the environment needs"


def test_an_unknown_code_names_near_ones(envdoc: Run) -> None:
    ran = envdoc("explain", "torch-cpu-biuld")
    assert ran.code == 2
    assert "torch-cpu-build" in ran.stderr
