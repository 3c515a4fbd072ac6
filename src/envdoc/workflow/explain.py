"""`envdoc explain CODE`: the documentation page of a finding's code. Pages travel in the wheel."""

from __future__ import annotations

import difflib
from pathlib import Path

from envdoc.errors import UsageError


def pages_folder() -> Path:
    """docs/findings in the wheel, or in a source checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "docs" / "findings"
    return inside if inside.is_dir() else package.parents[1] / "docs" / "findings"


def codes() -> tuple[str, ...]:
    return tuple(sorted(page.stem for page in pages_folder().glob("*.md")))


def explain(code: str) -> str:
    """The page's Markdown.

    Raises:
        UsageError: there is no such code; the hint lists near ones.
    """
    known = codes()
    if code not in known:
        near = difflib.get_close_matches(code, known, n=3, cutoff=0.5)
        hint = (
            f"did you mean {' or '.join(f'`{each}`' for each in near)}?"
            if near
            else "`envdoc explain --list` lists them"
        )
        raise UsageError(f"no finding has the code `{code}`", hint=hint)
    return (pages_folder() / f"{code}.md").read_text(encoding="utf-8")
