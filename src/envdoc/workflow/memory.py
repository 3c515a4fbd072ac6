"""`envdoc memory`: the model's config from a folder, Hugging Face's cache or the shipped table; the GPUs at hand."""

from __future__ import annotations

from typing import Any

from envdoc.errors import DataError, UsageError
from envdoc.host.base import Host
from envdoc.model import jsontext
from envdoc.model.machine import Machine
from envdoc.model.memory import Fit, GpuRoom, MemoryAnswer, Run
from envdoc.training.memory import models
from envdoc.training.memory.estimate import estimate
from envdoc.training.memory.fits import fit
from envdoc.training.memory.shape import Shape, shape
from envdoc.workflow.context import knowledge
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import MachineWish

_LIMIT = 1 << 20  # bytes of a config.json; a real one has 1 KiB


def memory(host: Host, model: str, run: Run, *, wish: MachineWish, gpus: tuple[str, ...] = ()) -> MemoryAnswer:
    """Estimate the run, and hold it against the GPUs that were named, else against this machine's.

    Raises:
        DataError: the model's config cannot be found or read, or no estimate was measured for its architecture.
        UsageError: a GPU that the table does not know.
    """
    config, source = _config(host, model)
    sizes = shape(config, model)
    there = tuple(_named(each) for each in gpus) if gpus else _visible(obtain(host, wish))
    return MemoryAnswer(model, source, run, estimate(sizes, run), tuple(_fits(sizes, run, there)))


def _fits(sizes: Shape, run: Run, gpus: tuple[GpuRoom, ...]) -> list[Fit]:
    """One line for GPUs that are alike."""
    return [fit(sizes, run, gpu) for gpu in dict.fromkeys(gpus)]


def _config(host: Host, model: str) -> tuple[dict[str, Any], str]:
    separator = "\\" if "\\" in model else "/"
    for path in (model if model.endswith(".json") else f"{model}{separator}config.json", *_cached(host, model)):
        text = host.read(path, limit=_LIMIT)
        if text.value is not None:
            return _parsed(text.value, path), path
    row = next((row for row in knowledge().models if row.name == models.plain(model)), None)
    if row is None:
        known = ", ".join(row.name for row in knowledge().models)
        hint = f"name a folder with the model's config.json, or one of: {known}"
        raise DataError(f"{model}: no config.json there, nor in Hugging Face's cache", hint=hint)
    return models.config(row), row.source


def _cached(host: Host, model: str) -> tuple[str, ...]:
    """`org/name` in the hub's cache: models--org--name/snapshots/COMMIT/config.json, the newest last in the list."""
    from envdoc.probe import hub

    if model.count("/") != 1 or model.startswith((".", "/", "~")):
        return ()
    folder = f"{hub.cache(host)}/models--{model.replace('/', '--')}/snapshots"
    return tuple(f"{folder}/{commit}/config.json" for commit in reversed(host.listdir(folder).or_else(())))


def _parsed(text: str, path: str) -> dict[str, Any]:
    try:
        data = jsontext.loads(text, any_number=True)
    except ValueError as error:
        raise DataError(f"{path}: no JSON: {error}", hint="download the model's config.json again") from error
    if not isinstance(data, dict):
        raise DataError(f"{path}: no config of a model, its JSON is no object", hint="name the model's own folder")
    return data


def _named(name: str) -> GpuRoom:
    """A GPU by its name, with its size where a name is sold with two: `RTX 5060 Ti 16GB`."""
    from envdoc.knowledge.gpunames import OTHERS, words

    said = words(name)
    known = ((words(own), row) for row in knowledge().gpu_memory for own in row.names)
    fitting = [(len(own), row.memory_mib) for own, row in known if own <= said and not (said - own) & OTHERS]
    if not fitting:
        hint = "`envdoc facts gpu_memory` lists those that are known; some names need their size: `RTX 5060 Ti 16GB`"
        raise UsageError(f"no GPU called `{name}` with a known memory", hint=hint)
    size = max(fitting)[1]
    return GpuRoom(name, size, size)


def _visible(machine: Machine) -> tuple[GpuRoom, ...]:
    """The machine's GPUs that told their memory; what other programs hold is not free."""
    found = []
    for gpu in machine.gpus.or_else(()):
        total = gpu.memory_total_mib.value
        if total is not None:
            found.append(
                GpuRoom(gpu.name.value or f"GPU {gpu.index}", total, total - (gpu.memory_used_mib.value or 0))
            )
    return tuple(found)
