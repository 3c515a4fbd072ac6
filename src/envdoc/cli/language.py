"""The reader's language: `--lang` anywhere on the command line, else the environment's, else the system's.

`--lang` is no option of a single command: it is taken off the command line before a command reads it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from envdoc.errors import UsageError
from envdoc.findings.language import Language, asked, language_of

OPTION = "--lang"

_wish = ""  # what the command line asked for; "" where it did not


def taken(argv: Sequence[str]) -> list[str]:
    """The command line without `--lang`, which is remembered. What follows `--` is another program's.

    Raises:
        UsageError: no such language.
    """
    global _wish
    _wish = ""
    end = list(argv).index("--") if "--" in argv else len(argv)
    rest, own = list(argv[end:]), list(argv[:end])
    kept: list[str] = []
    while own:
        each = own.pop(0)
        name, equals, value = each.partition("=")
        if name != OPTION:
            kept.append(each)
            continue
        _wish = _known(value if equals else own.pop(0) if own else "")
    return kept + rest


def _known(value: str) -> str:
    if value not in tuple(Language):
        raise UsageError(
            f"{OPTION} {value}: not known" if value else f"{OPTION}: a language is missing",
            hint=f"write {' or '.join(f'`{each}`' for each in Language)}",
        )
    return value


def wished() -> Language:
    """The language of `--lang`; English where it was not given, whatever the system speaks."""
    return Language(_wish) if _wish else Language.EN


def on_windows() -> bool:
    return os.name == "nt"


def preferred() -> Language:
    """The language of `--lang`, else of the environment's variables, else of Windows' user interface."""
    if _wish:
        return Language(_wish)
    if asked(os.environ) or not on_windows():
        return language_of("", os.environ)
    from envdoc.host.language import ui_language

    return language_of("", os.environ, ui_language())
