"""Logic of what comes from outside: memory that the system refuses, hosts that do not answer, Pythons too old."""

from __future__ import annotations

import re

from envdoc.diagnose.clean import without_prefix
from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.logic.said import is_error
from envdoc.diagnose.match import flat
from envdoc.diagnose.needs import frames
from envdoc.diagnose.values import Match
from envdoc.model.value import replace

_MEMORY = re.compile(
    r"(?:^|[\s:])(?:numpy\._core\._exceptions\._Array)?MemoryError(?:$|:)|std::bad_alloc|Cannot allocate memory"
)
_HOST = re.compile(
    r"(?:host=['\"]|https?://|resolve host:? ['\"]?|[Cc]onnect(?:ion)? to )([A-Za-z0-9][\w.-]{2,80}\.[a-z]{2,12})\b"
)
_SAYS = re.compile(r"rror|Timeout:")
_HERE = re.compile(r"(?:^|\.)(?:localhost|local|internal|lan|svc)$|\.invalid$")
# what only a newer Python reads: match, except*, `int | None`, list[int] as a value; names that typing got later
_NEW_SYNTAX = re.compile(
    r"unsupported operand type\(s\) for \|: '(?:type|ABCMeta|_GenericAlias|NoneType)'|"
    r"'(?:type|ABCMeta)' object is not subscriptable|cannot import name '\w{2,40}' from 'typing'|"
    r"No module named 'tomllib'"
)


def memory(match: Match, _case: Case) -> list[Match]:
    """Memory that the system did not give; a page on exceptions names the class too."""
    line = without_prefix(match.sighting.line.text)
    if not _MEMORY.search(line) or (line.strip() == "MemoryError" and not frames(match.sighting)):
        return []
    return [match]


def any_host(match: Match, _case: Case) -> list[Match]:
    """A host of the internet that is not reached, whoever asked for it."""
    found = _HOST.search(flat(match.sighting.lines[match.sighting.at : match.sighting.at + 2]))
    if found is None or _HERE.search(found[1]) or not (is_error(match) or _SAYS.search(match.sighting.line.text)):
        return []
    return [replace(match, captured={**match.captured, "host": found[1]})]


def new_syntax(match: Match, _case: Case) -> list[Match]:
    """An installed package whose source this Python cannot read."""
    above = frames(match.sighting)
    who = above[0].module if above else ""
    if not who or not _NEW_SYNTAX.search(match.sighting.line.text):
        return []
    return [replace(match, captured={**match.captured, "by": who})]


FUNCTIONS: dict[str, Judge] = {"memory-refused": memory, "any-host": any_host, "new-syntax": new_syntax}
