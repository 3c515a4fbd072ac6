"""Lines of a text report: marks and words with a style's name, drawn by rich.

Colour never carries meaning alone: every line has its mark, and every mark its word in ASCII.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from envdoc.model.value import dataclass
from envdoc.rules.controls import visible_line

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {  # name: (sign, ASCII, style)
    "pass": ("✓", "ok", "green"),
    "warn": ("!", "!", "yellow"),
    "fail": ("✗", "X", "red"),
    "not-checked": ("-", "-", "dim"),
    "crash": ("☠", "#", "magenta"),
    "info": ("·", ".", "cyan"),
    "step": ("→", "->", "cyan"),
    "command": ("$", "$", "bold"),
    "": ("", "", ""),
}
_ASCII = str.maketrans(
    {"→": "->", "×": "x", "–": "-", "—": "-", "…": "...", "·": "-", "≥": ">=", "≤": "<=", "✓": "ok", "✗": "X"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: indent in spaces, a mark, text, and the style of the text. `fixed` lines are never wrapped."""

    text: str = ""
    mark: str = ""
    style: str = ""
    indent: int = 0
    fixed: bool = False


def draw(console: Console, lines: Iterable[Line], *, ascii_only: bool) -> None:
    """Print the lines; long ones wrap with a hanging indent, commands to paste stay whole."""
    from rich.text import Text

    for line in lines:
        lead, mark_style = _lead(line, ascii_only)
        body = Text(plain(line.text, ascii_only), style=line.style)
        room = max(20, console.width - len(lead))
        parts = [body] if line.fixed else body.wrap(console, room)
        for number, part in enumerate(parts):
            start = Text(lead, style=mark_style) if number == 0 else Text(" " * len(lead))
            whole = start + part
            whole.rstrip()
            console.print(whole, soft_wrap=True)
        if not parts:
            console.print()


def flat(lines: Iterable[Line], *, ascii_only: bool) -> str:
    """The lines as they go into a pipe or a file: whole, without colour. Needs no rich, which costs start-up time."""
    return "".join(f"{_lead(line, ascii_only)[0]}{plain(line.text, ascii_only)}".rstrip() + "\n" for line in lines)


def _lead(line: Line, ascii_only: bool) -> tuple[str, str]:
    """What stands before the text, and the mark's style."""
    sign, ascii_sign, style = MARKS[line.mark]
    head = ascii_sign if ascii_only else sign
    return " " * line.indent + (f"{head} " if head else ""), style


def plain(text: str, ascii_only: bool = False) -> str:
    """One line safe to print: controls made visible, our own signs in ASCII where asked."""
    clean = visible_line(text)
    return clean.translate(_ASCII) if ascii_only else clean
