"""The one printer: results to stdout, talk to stderr. Width, colour, encoding and quiet are decided here."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TextIO, TypeVar, cast

from envdoc.cli import streams
from envdoc.rules.controls import visible, visible_json

if TYPE_CHECKING:
    from rich.console import Console

    from envdoc.findings.language import Language
    from envdoc.render.lines import Line

T = TypeVar("T")
_MODULE = "-m"  # among the process's own words: it may have been called as a module, and its commands say so
# What a program draws with on a terminal: colours, cursor movements, titles.
_DRAWN = r"\x1b(?:\[[0-?]{0,32}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)?|[@-Z\\^_])"


def language(stream: TextIO | None = None) -> Language:
    """The reader's language, if the stream can write it; see `envdoc.cli.language`."""
    from envdoc.cli.language import preferred
    from envdoc.findings.language import Language

    chosen = preferred()
    shows = chosen is Language.EN or can_encode(streams.of(stream or sys.stdout), "中文，")
    return chosen if shows else Language.EN


def document(data: object) -> None:
    """One JSON document, and nothing else, to stdout: in English, unless `--lang` asks for another language. Where
    the encoding is not UTF-8 its letters are `\\uXXXX`."""
    from envdoc.cli.language import wished
    from envdoc.render.document import to_json, translated
    from envdoc.rules.masks import mask_data

    out = streams.of(sys.stdout)
    text = to_json(mask_data(translated(data, wished())), ascii_only=not can_encode(out))
    out.put(visible_json(text) + "\n")


def plain(text: str) -> None:
    """Text that is already in its final form (markdown, a page)."""
    streams.of(sys.stdout).write(text if text.endswith("\n") else text + "\n")


def final(text: str) -> None:
    """Text of a format with rules of its own (XML), made of values that went through `safe`."""
    streams.of(sys.stdout).put(visible(text if text.endswith("\n") else text + "\n"))


def safe(value: T) -> T:
    """A value without secrets, to be rendered in a format whose marks a masked text could break."""
    from envdoc.rules.masks import mask_data

    return mask_data(value)


def live(line: str) -> None:
    """A line of a command that runs under our eyes: its colours go, the rest is shown as any text."""
    plain(re.sub(_DRAWN, "", line.rstrip("\n")) + "\n")


def lines(content: Iterable[Line], *, stream: TextIO | None = None) -> None:
    """Lines of a report, in the reader's language. A terminal (or COLUMNS) gets them drawn by rich, wrapped and in
    colour; a pipe gets them whole. ASCII marks where the encoding needs them."""
    from envdoc.model.value import replace
    from envdoc.render.lines import draw, flat, laid_out
    from envdoc.rules.masks import mask_of

    out = streams.of(stream or sys.stdout)
    every = laid_out(content, language(stream))
    if _MODULE in sys.orig_argv:
        from envdoc.cli import called

        every = [called.line(line) for line in every]
    mask = mask_of(line.text for line in every)
    shown = [replace(line, text=mask(line.text)) for line in every]
    ascii_only = not can_encode(out)
    if out.isatty() or os.environ.get("COLUMNS"):
        draw(console(out), shown, ascii_only=ascii_only)
    else:
        out.put(flat(shown, ascii_only=ascii_only))


def talk(text: str) -> None:
    """A hint, warning or progress line, in the reader's language: stderr, never part of the result."""
    told = said(text, sys.stderr)
    if _MODULE in sys.orig_argv:
        from envdoc.cli import called

        told = called.prose(told)
    streams.of(sys.stderr).write(told + "\n")


def said(text: str, stream: TextIO | None = None) -> str:
    """A sentence in the reader's language."""
    from envdoc.findings import say

    return say(text, language(stream))


def console(stream: TextIO | streams.Stream) -> Console:
    """A rich console that never guesses: no markup, no emoji, no highlighting; NO_COLOR and COLUMNS honoured."""
    from rich.console import Console

    drawn = cast(TextIO, streams.Drawing(streams.of(stream)))
    return Console(file=drawn, markup=False, emoji=False, highlight=False, safe_box=True, _environ=_sized(os.environ))


def _sized(variables: Mapping[str, str]) -> Mapping[str, str]:
    """The variables without sizes that are none: rich makes a number of `²`, and lines as long as it is told."""
    plain = {name: variables.get(name, "") for name in ("COLUMNS", "LINES")}
    wrong = {name for name, told in plain.items() if not re.fullmatch(r"[1-9][0-9]{0,3}", told, re.ASCII)}
    return {name: told for name, told in variables.items() if name not in wrong}


def can_encode(stream: streams.Stream, sample: str = "✓✗·→") -> bool:
    """Whether the stream's encoding has our signs; a redirected Windows stdout often is cp1252 or GBK."""
    try:
        sample.encode(stream.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def interactive() -> bool:
    """Whether somebody can answer a question."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
