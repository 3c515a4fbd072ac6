"""The one printer: results to stdout, talk to stderr. Width, colour, encoding and quiet are decided here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

    from envdoc.findings.language import Language
    from envdoc.render.lines import Line


def language(stream: TextIO | None = None) -> Language:
    """The reader's language, if the stream can write it; see `envdoc.cli.language`."""
    from envdoc.cli.language import preferred
    from envdoc.findings.language import Language

    chosen = preferred()
    return chosen if chosen is Language.EN or can_encode(stream or sys.stdout, "中文，") else Language.EN


def document(data: object) -> None:
    """One JSON document, and nothing else, to stdout: in English, unless `--lang` asks for another language."""
    from envdoc.cli.language import wished
    from envdoc.render.document import to_json, translated

    _write(sys.stdout, to_json(translated(data, wished())) + "\n")


def plain(text: str) -> None:
    """Text that is already in its final form (markdown, JUnit, a page)."""
    _write(sys.stdout, text if text.endswith("\n") else text + "\n")


def lines(content: Iterable[Line], *, stream: TextIO | None = None) -> None:
    """Lines of a report, in the reader's language. A terminal (or COLUMNS) gets them drawn by rich, wrapped and in
    colour; a pipe gets them whole. ASCII marks where the encoding needs them."""
    from envdoc.render.lines import draw, flat

    out = stream or sys.stdout
    chosen = language(out)
    ascii_only = not can_encode(out)
    if out.isatty() or os.environ.get("COLUMNS"):
        draw(console(out), content, ascii_only=ascii_only, language=chosen)
    else:
        _write(out, flat(content, ascii_only=ascii_only, language=chosen))


def talk(text: str) -> None:
    """A hint, warning or progress line, in the reader's language: stderr, never part of the result."""
    _write(sys.stderr, said(text, sys.stderr) + "\n")


def said(text: str, stream: TextIO | None = None) -> str:
    """A sentence in the reader's language."""
    from envdoc.findings import say

    return say(text, language(stream))


def console(stream: TextIO) -> Console:
    """A rich console that never guesses: no markup, no emoji, no highlighting; NO_COLOR and COLUMNS honoured."""
    from rich.console import Console

    return Console(file=stream, markup=False, emoji=False, highlight=False, safe_box=True)


def can_encode(stream: TextIO, sample: str = "✓✗·→") -> bool:
    """Whether the stream's encoding has our signs; a redirected Windows stdout often is cp1252 or GBK."""
    try:
        sample.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def interactive() -> bool:
    """Whether somebody can answer a question."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "ascii"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()
