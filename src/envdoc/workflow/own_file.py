"""What the proof of the user's own training file is handed: its keys, and the model's config as JSON data."""

from __future__ import annotations

from typing import Any

from envdoc.errors import DataError
from envdoc.host.base import Host
from envdoc.model.machine import Machine
from envdoc.training.config.facts import Model, Place
from envdoc.training.config.load import load


def arguments(host: Host, path: str, machine: Machine) -> dict[str, Any]:
    """Read the training file (or the command line's file) and its model's folder.

    Raises:
        DataError: the file cannot be read; `envdoc check --train` says more.
    """
    run = load(host, path, machine)
    if not run.file.entries:
        problem = run.file.problems[0].code if run.file.problems else "train-file-broken"
        raise DataError(
            f"{path}: no training file that can be read ({problem})", hint="see `envdoc check --train FILE`"
        )
    config = {key: entry.value for key, entry in run.file.entries.items()}
    model = run.model()
    known, folder, why = _model(model)
    return {
        "config": config,
        "model": known,
        "folder": folder,
        "why": why,
        "variables": dict(run.file.launch.variables) if run.file.launch else {},
        "quantized": str((known.get("quantization_config") or {}).get("quant_method") or ""),
    }


def _model(model: Model | None) -> tuple[dict[str, Any], str, str]:
    """Its config, its folder, and why there is no stand-in for it."""
    if model is None:
        return {}, "", "the file names no model"
    if model.config.get("model_type") and model.place in (Place.FOLDER, Place.HUB):
        own = model.config.get("auto_map") and model.type_known is False
        return model.config, model.folder, "the model brings code of its own, which is not run" if own else ""
    if model.place is Place.REMOTE:
        return _listed(model.name)
    return {}, "", f"no config.json that can be read: {model.name}"


def _listed(name: str) -> tuple[dict[str, Any], str, str]:
    """A hub's name whose sizes the shipped table has: the architecture alone counts here."""
    from envdoc.training.memory import models
    from envdoc.workflow.context import knowledge

    row = next((row for row in knowledge().models if row.name == models.plain(name)), None)
    if row is None:
        return {}, "", f"{name} is not here: `hf download {name} --include '*.json'` brings its config and tokenizer"
    return models.config(row), "", ""
