"""The tables as JSON data, for `envdoc facts [TABLE]`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

from envdoc.errors import UsageError
from envdoc.knowledge import (
    cards,
    commands,
    errornames,
    extensions,
    flashwheels,
    llamacpp,
    modules,
    performance,
    tunables,
    windowserrors,
    xids,
)
from envdoc.knowledge.tables import load

# The tables that are read with a machine's decision, then those of one subject each
_JOINT = (
    "torch",
    "companions",
    "driver_floors",
    "native_drivers",
    "driver_branches",
    "gpus",
    "toolkits",
    "toolkit_wheels",
    "prerequisites",
    "bitsandbytes",
    "stacks",
    "breaks",
    "advice",
    "mirrors",
    "gpu_memory",
    "models",
)


def _joint(name: str) -> tuple[Any, ...]:
    rows: tuple[Any, ...] = getattr(load(), name)
    return rows


_HOMES: dict[str, Callable[[], tuple[Any, ...]]] = {
    **{name: partial(_joint, name) for name in _JOINT},
    "gpu_performance": performance.rows,
    "cards": cards.rows,
    "extensions": extensions.rows,
    "xid": xids.rows,
    "error_names": errornames.rows,
    "windows_errors": windowserrors.rows,
    "commands": commands.rows,
    "modules": modules.rows,
    "flash_collections": lambda: flashwheels.load().collections,
    "flash_code": lambda: flashwheels.load().code,
    "flash_floors": lambda: flashwheels.load().floors,
    "flash_reuse": lambda: flashwheels.load().reuse,
    "flash_sources": lambda: flashwheels.load().sources,
    "llama_sources": lambda: llamacpp.load().sources,
    "llama_releases": lambda: llamacpp.load().releases,
    "llama_archives": lambda: llamacpp.load().archives,
    "llama_options": lambda: llamacpp.load().options,
    "model_types": lambda: tunables.load().model_types,
    "model_templates": lambda: tunables.load().model_templates,
    "model_quantization": lambda: tunables.load().model_quantization,
}


def names() -> tuple[str, ...]:
    """The tables' names, in the order in which they are listed."""
    return tuple(_HOMES)


def table(name: str) -> dict[str, list[dict[str, Any]]]:
    """One table by name: `{"torch": [{"version": "2.8", "cuda": "cu128", ..., "source": .., "checked": ..}]}`.

    Every row has every field, `source` and `checked` last.

    Raises:
        UsageError: no such table; the hint has near names.
    """
    known = name.replace("-", "_")
    if known not in _HOMES:
        import difflib

        close = difflib.get_close_matches(known, _HOMES, n=1, cutoff=0.5)
        hint = f"did you mean `envdoc facts {close[0]}`?" if close else f"known tables: {', '.join(_HOMES)}"
        raise UsageError(f"unknown table `{name}`", hint=hint)
    return {known: [_row(row) for row in rows(known)]}


def rows(name: str) -> tuple[Any, ...]:
    """A known table's rows as values."""
    return _HOMES[name]()


def _row(row: Any) -> dict[str, Any]:
    fields = [field.name for field in dataclasses.fields(row)]
    order = [name for name in fields if name not in ("source", "checked")] + ["source", "checked"]
    return {name: _plain(getattr(row, name)) for name in order}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
