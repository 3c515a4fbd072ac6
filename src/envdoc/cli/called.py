"""How envdoc was called, and so how a command of its own must be written to be pasted.

`python -m envdoc` is the way where its script is on no PATH: after pip's `--user` on Windows, out of the environment
that a bundle's starter makes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from envdoc.model.machine import System
from envdoc.model.value import replace
from envdoc.rules import quoting

if TYPE_CHECKING:
    from envdoc.render.lines import Line

NAME = "envdoc"
_IN_PROSE = r"(?<=`)envdoc(?= )"
# `envdoc check`, `bash: envdoc env`, `Next: envdoc install`, `下一步：envdoc install`
_COMMAND = r"(?:^|(?<=: )|(?<=：))envdoc(?= )"


@cache
def name() -> str:
    """`envdoc`, or the words that stood in its place: `/opt/py/bin/python -m envdoc`."""
    return of(sys.orig_argv)


def of(argv: Sequence[str]) -> str:
    """The words of a process's whole command line that call envdoc; `envdoc` where no shell could take them."""
    module = next((at for at in range(1, len(argv)) if tuple(argv[at : at + 2]) == ("-m", NAME)), 0)
    words = [_word(each) for each in argv[:module]]
    return " ".join((*words, "-m", NAME)) if words and all(words) else NAME


def _word(value: str) -> str:
    """As any shell of this system takes it, "" where one does not: PowerShell runs no program in quotes."""
    system = quoting.own_system()
    word = quoting.any_shell(value, system) or ""
    return word if word == value or system is not System.WINDOWS else ""


def prose(text: str) -> str:
    """A sentence with commands between backticks."""
    return text if name() == NAME else re.sub(_IN_PROSE, lambda _: name(), text)


def line(told: Line) -> Line:
    """A line of a report: its commands, and those that its sentence names."""
    if name() == NAME:
        return told
    text = re.sub(_COMMAND, lambda _: name(), told.text) if told.mark == "command" or told.fixed else told.text
    return replace(told, text=prose(text))
