"""Lines of a text report: marks and words with a style's name, drawn by rich.

Colour never carries meaning alone: every line has its mark, and every mark its word in ASCII.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from envdoc.findings.language import Language
from envdoc.model.value import dataclass, replace
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
    """One line: indent in spaces, a mark, text, and the style of the text. `fixed` lines are never wrapped.

    A `label` stands before the text, in a column that is as wide as the widest label of its `table`.
    """

    text: str = ""
    mark: str = ""
    style: str = ""
    indent: int = 0
    fixed: bool = False
    label: str = ""
    table: str = ""


def laid_out(lines: Iterable[Line], language: Language = Language.EN) -> list[Line]:
    """The lines in the reader's language, with their labels in one column."""
    said = [_said(line, language) for line in lines] if language is not Language.EN else list(lines)
    widths: dict[str, int] = {}
    for line in said:
        widths[line.table] = max(columns(line.label), widths.get(line.table, 0))
    return [replace(line, text=_beside(line, widths[line.table]), label="") if line.label else line for line in said]


def _said(line: Line, language: Language) -> Line:
    from envdoc.findings.say import say

    return replace(line, text=say(line.text, language), label=say(line.label, language))


def _beside(line: Line, width: int) -> str:
    return f"{line.label}{' ' * (width - columns(line.label))}  {line.text}".rstrip()


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: Chinese characters and their punctuation take two."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def draw(console: Console, lines: Iterable[Line], *, ascii_only: bool) -> None:
    """Print the lines; long ones wrap with a hanging indent, commands to paste stay whole."""
    from rich.text import Text

    for line in laid_out(lines):
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
    every = laid_out(lines)
    return "".join(f"{_lead(line, ascii_only)[0]}{plain(line.text, ascii_only)}".rstrip() + "\n" for line in every)


def _lead(line: Line, ascii_only: bool) -> tuple[str, str]:
    """What stands before the text, and the mark's style."""
    sign, ascii_sign, style = MARKS[line.mark]
    head = ascii_sign if ascii_only else sign
    return " " * line.indent + (f"{head} " if head else ""), style


def plain(text: str, ascii_only: bool = False) -> str:
    """One line safe to print: controls made visible, our own signs in ASCII where asked."""
    clean = visible_line(text)
    return clean.translate(_ASCII) if ascii_only else clean
