"""Writes docs/reference/data.md: every finding of `envdoc data check`, by what LLaMA-Factory does about it.

python tools/list_data_findings.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from envdoc.findings import entry, text
from envdoc.training.data.effects import EFFECTS
from envdoc.training.data.values import Effect

TARGET = Path(__file__).parents[1] / "docs" / "reference" / "data.md"
HEAD = """# What `envdoc data check` finds

Each finding says what LLaMA-Factory 0.9.5 with datasets 4.0.0 does about it; `envdoc explain CODE` says more. What
stops the run is an error, what goes on with other data than was written is a warning.
Written by `tools/list_data_findings.py`.
"""


def page() -> str:
    parts = [HEAD]
    for effect in Effect:
        codes = sorted(code for code, each in EFFECTS.items() if each is effect)
        title = "It goes on as it should; worth knowing" if effect is Effect.NONE else text("data", effect.value)
        parts.append(f"\n## {title}\n\n| code | what is wrong |\n|---|---|\n")
        parts += [f"| `{code}` | {_meaning(code)} |\n" for code in codes]
    return "".join(parts)


def _meaning(code: str) -> str:
    """The first sentence of the page's first section."""
    paragraph = entry(code).pages["en"].partition("\n")[2].partition("\n\n")[0]
    return paragraph.replace("|", "\\|")


def main() -> int:
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text(encoding="utf-8") != page())
    TARGET.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
