"""Write `cli/plain.json`: typer's own definition of the commands that `cli/quick.py` reads without typer.

    python tools/plain_options.py

A command has a row where it can be called bare and there is a module `run_COMMAND` beside it; an option, where that
module's `run` takes it and its value is a text, a choice, a list of texts or none. All others are left to typer. A
test holds that it is fresh.
"""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer

from envdoc.cli import app, quick


def table() -> dict[str, dict[str, Any]]:
    """Command -> option as it is written -> name of the parameter, kind, allowed values."""
    params = {name: _params(name) for name in app.COMMANDS if find_spec(f"envdoc.cli.run_{name}")}
    return {name: options(every, name) for name, every in params.items() if not any(each.required for each in every)}


def _params(command: str) -> list[Any]:
    group: Any = typer.main.get_command(app.build([command]))
    return list(group.commands[command].params)


def options(params: list[Any], command: str) -> dict[str, Any]:
    taken = inspect.signature(import_module(f"envdoc.cli.run_{command}").run).parameters
    shapes = ((each, _shape(each)) for each in params if each.name in taken)
    return {written: shape for each, shape in shapes if shape for written in each.opts}


def _shape(param: Any) -> dict[str, Any] | None:
    """None for what a plain reader would have to convert: numbers, paths, several values at once."""
    if param.param_type_name != "option" or param.nargs != 1 or param.secondary_opts:
        return None
    if param.is_flag:
        return {"name": param.name, "kind": "flag"}
    kind = "list" if param.multiple else "value"
    if choices := getattr(param.type, "choices", None):
        return {"name": param.name, "kind": kind, "of": [str(each) for each in choices]}
    return {"name": param.name, "kind": kind} if param.type.name == "str" else None


def written() -> str:
    return json.dumps(table(), indent=1) + "\n"


if __name__ == "__main__":
    Path(quick.TABLE).write_text(written(), encoding="utf-8")
