"""One-line answers: `python --version`, `pip --version`, what uv says before it lists.

Python 3.12.3
pip 26.1.2 from /opt/torch/.venv/lib/python3.12/site-packages/pip (python 3.12)
Using Python 3.12.3 environment at: /opt/torch/.venv
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.lines import bare
from envdoc.listing.values import Lines, Told

PROGRAM = "--version"
_FORMS = (
    (re.compile(r"Python (3\.\d{1,2}\.\d{1,2}\+?)(?: \(.{1,60}\))?$"), ("python",)),
    (re.compile(r"pip (\d[\w.]{1,12}) from \S.{1,200} \(python (3\.\d{1,2})\)$"), ("package.pip", "python")),
    (re.compile(r"Using Python (3\.\d{1,2}\.\d{1,2}) environment at:? ?(\S.{0,200})?$"), ("python", "")),
)


def claim(lines: Lines, at: int) -> int:
    return int(any(form.match(bare(lines[at].text)) for form, _ in _FORMS))


def read(lines: Lines) -> Iterator[Told]:
    for form, keys in _FORMS:
        found = form.match(bare(lines[0].text))
        if found:
            for key, value in zip(keys, found.groups(), strict=True):
                yield from (Told(key, value, lines[0].number),) if key and value else ()
