"""The file format of a recorded host: facts as short JSON, and the keys that calls are found by.

A known fact is its bare value; a missing one is `{"why": "denied", "detail": "Permission denied"}`. What a call
was asked about is its key, so a person can read and edit the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from envdoc.host.base import Input
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System

SCHEMA = 1
PYTHON = "{python}"  # envdoc's own interpreter, which is another file on every machine
_WHYS = frozenset(why.value for why in Why)


def fact_out(fact: Fact[Any], source: str) -> Any:
    """A fact as JSON data. Its source is written only where it is not `source`."""
    extra = {} if fact.source == source else {"source": fact.source}
    if fact.known:
        return {"value": fact.value, **extra} if extra else fact.value
    told = {"why": str(fact.why), "detail": fact.detail, "code": fact.code}
    return {**{name: text for name, text in told.items() if text}, **extra}


def fact_in(data: Any, source: str) -> Fact[Any]:
    """The fact that `fact_out` wrote."""
    if isinstance(data, dict) and isinstance(why := data.get("why"), str) and why in _WHYS:
        return missing(Why(why), data.get("source", source), data.get("detail", ""), data.get("code", ""))
    if isinstance(data, dict) and set(data) == {"value", "source"}:
        return known(data["value"], data["source"])
    return known(data, source)


def input_out(stdin: str | Input | None) -> str | None:
    """What a program read, as JSON data."""
    return stdin.value if isinstance(stdin, Input) else stdin


def path_key(path: str, system: System) -> str:
    r"""What a path is found by: on Windows `c:/users/x` for `C:\Users\X\`, elsewhere the path itself."""
    if system is System.WINDOWS:
        path = path.replace("\\", "/").lower()
    return path.rstrip("/") or "/"


def registry_key(key: str) -> str:
    return key.rstrip("\\").lower()


def call_name(name: str, args: Sequence[int]) -> str:
    """`TotalEccErrors(1, 0)`; `Name` without arguments."""
    return f"{name}({', '.join(map(str, args))})" if args else name


def short_argv(argv: Sequence[str], python: str) -> list[str]:
    """A command as it is written down: our own interpreter by a placeholder, a script by its first line."""
    return [PYTHON if part == python else _short(part) for part in argv]


def _short(part: str) -> str:
    lines = [line for line in part.splitlines() if line.strip()]
    return f"script: {lines[0].strip()}" if len(lines) > 1 else part


def same_run(record: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether a recorded run answers the one that is asked: the same command, variables, folder and input."""
    return all((record.get(key) or None) == (asked.get(key) or None) for key in ("argv", "env", "cwd", "stdin"))
