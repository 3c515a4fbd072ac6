"""Finds English that was left in a report for readers of Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What stays Latin: what stands in quotes, paths, addresses, options, and what a program or a card is called.
_QUOTED = re.compile(
    r"`[^`]*`|“[^”]*”|\"[^\"]*\"|https?://\S+|[A-Z]:\\\S+|(?<!\S)/[\w/.-]+|(?<![\w-])--?[a-z][\w-]*(=\S+)?"
)
_NAMES = re.compile(
    r"NVIDIA GeForce RTX \d+( Ti)?( SUPER)?|Windows 11 Pro|Hugging Face|Microsoft Store"
    r"|Desktop development with C\+\+"
)
# Lines that are another program's words, a command, or a machine's own note.
_THEIRS = ("$ ", "第 ", "来自", "下一步")
_WORDS = """
    a an the and or not no none nothing neither nor is are was were be been has have had does do did can cannot could
    will would must may need needs if then else so because while when where which who what that this these it its
    there here of for with without from to in into on at by as than before after until all any each every other
    another only still already unknown missing known found read asked told said named given older newer
"""
_WORD = re.compile(rf"(?<![\w.+-])({'|'.join(_WORDS.split())})(?![\w.+-])", re.IGNORECASE)


def english(report: str) -> Iterator[str]:
    """Lines of a report in Chinese that hold a word which only English sentences have."""
    for line in report.splitlines():
        if not line.lstrip().startswith(_THEIRS) and _WORD.search(_NAMES.sub("X", _QUOTED.sub("X", line))):
            yield line.strip()
