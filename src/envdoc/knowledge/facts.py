"""The tables as JSON data, for `envdoc facts [TABLE]`."""

from __future__ import annotations

import dataclasses
from typing import Any

from envdoc.errors import UsageError
from envdoc.knowledge import cards, flashwheels, llamacpp, performance, tunables
from envdoc.knowledge.tables import load

_NAMES = (
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
    "gpu_performance",
    "gpu_memory",
    "cards",
    "models",
    "flash_collections",
    "flash_code",
    "flash_floors",
    "flash_reuse",
    "llama_sources",
    "llama_releases",
    "llama_archives",
    "llama_options",
    "model_types",
    "model_templates",
    "model_quantization",
)


def names() -> tuple[str, ...]:
    """The tables' names, in the order in which they are listed."""
    return _NAMES


def table(name: str) -> dict[str, list[dict[str, Any]]]:
    """One table by name: `{"torch": [{"version": "2.8", "cuda": "cu128", ..., "source": .., "checked": ..}]}`.

    Every row has every field, `source` and `checked` last.

    Raises:
        UsageError: no such table; the hint has near names.
    """
    known = name.replace("-", "_")
    if known not in _NAMES:
        import difflib

        close = difflib.get_close_matches(known, _NAMES, n=1, cutoff=0.5)
        hint = f"did you mean `envdoc facts {close[0]}`?" if close else f"known tables: {', '.join(_NAMES)}"
        raise UsageError(f"unknown table `{name}`", hint=hint)
    return {known: [_row(row) for row in _rows(known)]}


def _rows(name: str) -> tuple[Any, ...]:
    if name == "gpu_performance":
        return performance.rows()
    if name == "cards":
        return cards.rows()
    if name.startswith("flash_"):
        wheels: tuple[Any, ...] = getattr(flashwheels.load(), name.removeprefix("flash_"))
        return wheels
    if name.startswith("llama_"):
        builds: tuple[Any, ...] = getattr(llamacpp.load(), name.removeprefix("llama_"))
        return builds
    home = tunables.load() if name.startswith("model_") else load()
    rows: tuple[Any, ...] = getattr(home, name)
    return rows


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
