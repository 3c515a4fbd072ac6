"""The plain command lines of `check`, `resolve` and `install`, understood without typer.

Importing typer takes as long as looking at the whole machine. A command line in which every option is known,
complete and written out is taken here; anything else (help, mistakes, abbreviations) returns None, and typer answers
it. What the options are is typer's own definition, written down in `plain.json` by `tools/plain_options.py`:

    {"check": {"--only": {"name": "only", "kind": "list"}, "--format": {"name": "form", "kind": "value", "of": [..]}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from envdoc.knowledge import files

Arguments = dict[str, "str | bool | list[str]"]
# name: the parameter of the command's `run`; kind: flag, value or list; of: what a value may be
Option = Mapping[str, Any]

TABLE = files.join(files.beside(__file__, ""), "plain.json")


@cache
def commands() -> Mapping[str, Mapping[str, Option]]:
    """Command -> option as it is written -> what it is; nothing where the table cannot be read: then typer reads."""
    try:
        told: Mapping[str, Mapping[str, Option]] = json.loads(files.read(TABLE))
    except (OSError, ValueError):
        return {}
    return told


def parse(argv: Sequence[str]) -> Arguments | None:
    """The arguments of the command's `run`; None where this is no plain command line."""
    options = commands().get(argv[0]) if argv else None
    if options is None:
        return None
    out: Arguments = {}
    rest = list(argv[1:])
    while rest:
        written, equals, value = rest.pop(0).partition("=")
        option = options.get(written)
        if option is None or (equals and option["kind"] == "flag"):
            return None
        if not equals and option["kind"] != "flag":
            value = rest.pop(0) if rest else ""
        if not _take(out, option, value):
            return None
    return out


def _take(out: Arguments, option: Option, value: str) -> bool:
    """Put one option with its value into `out`; False where the value is none of it."""
    name = option["name"]
    if option["kind"] == "flag":
        out[name] = True
        return True
    if not value or value.startswith("-") or value not in option.get("of", (value,)):
        return False
    if option["kind"] == "list":
        so_far = out.setdefault(name, [])
        assert isinstance(so_far, list)
        so_far.append(value)
    else:
        out[name] = value
    return True


def run(argv: Sequence[str]) -> int | None:
    """Run the command line if it is a plain one; returns its exit code, None where typer must read it."""
    arguments = parse(argv)
    if arguments is None:
        return None
    from importlib import import_module

    code: int = import_module(f"envdoc.cli.run_{argv[0]}").run(**arguments)
    return code
