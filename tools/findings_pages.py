"""Write docs/findings/<code>.md: the page of every code, as `envdoc explain` prints it, in English.

    python tools/findings_pages.py [--check]

`--check` writes nothing and fails where a page is missing, out of date, or of a code that no longer exists.
"""

from __future__ import annotations

import sys
from pathlib import Path

from envdoc.findings import codes
from envdoc.workflow.explain import page

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "findings"
MARK = "\n<!-- made by tools/findings_pages.py from src/envdoc/findings/codes/{code}.yaml: edit there -->\n"


def whole(code: str) -> str:
    """The page as it stands in docs/findings."""
    return page(code) + MARK.format(code=code)


def stale() -> list[str]:
    """Codes whose page is missing or out of date, and pages of no code."""
    wrong = [code for code in codes() if _there(code) != whole(code)]
    return wrong + sorted({path.stem for path in FOLDER.glob("*.md")} - set(codes()))


def _there(code: str) -> str:
    path = FOLDER / f"{code}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main() -> None:
    wrong = stale()
    if "--check" in sys.argv[1:]:
        print("\n".join(f"out of date: {code}" for code in wrong) or "all pages are up to date")
        sys.exit(1 if wrong else 0)
    for code in wrong:
        path = FOLDER / f"{code}.md"
        if code in codes():
            path.write_text(whole(code), encoding="utf-8", newline="\n")
        else:
            path.unlink()
        print(path.name)


if __name__ == "__main__":
    main()
