"""Every finding of the resolver has its page, with all its parts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import envdoc.resolver
from envdoc.resolver.findings import _REFUSALS

_ROOM = Path(envdoc.resolver.__file__).parent
_PAGES = Path(__file__).parents[2] / "docs" / "findings"
_LITERAL = re.compile(r'(?:Finding|_refusal)\(\s*"([a-z-]+)"')

CODES = sorted(
    {code for code, _, _ in _REFUSALS.values()}
    | set(_LITERAL.findall((_ROOM / "findings.py").read_text("utf-8")))
    | {"bare-choice", "mixed-gpus-not-covered"}
)


def test_the_list_is_whole() -> None:
    assert {"mixed-gpus-not-covered", "lock-missing", "profile-gpu-absent", "driver-not-known"} <= set(CODES)
    assert len(CODES) == 20


@pytest.mark.parametrize("code", CODES)
def test_page(code: str) -> None:
    page = (_PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {code}\n")
    parts = ["What it means", "Why it happens", "How envdoc knows", "What mends it", "Links"]
    assert [part for part in parts if f"## {part}" not in page] == []
