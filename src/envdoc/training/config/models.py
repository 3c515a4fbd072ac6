"""A model's folder: is it there, is it whole, what does its config say. Its code and its pickles are never loaded."""

from __future__ import annotations

import json
from typing import Any

from envdoc.host.base import Host
from envdoc.model import jsontext
from envdoc.model.machine import Machine, System
from envdoc.model.value import replace
from envdoc.training.config.facts import Model, Place

HEADER = 1 << 18  # a shard's safetensors header has some 50 KiB
LONGEST = 1 << 24


def model_at(host: Host, machine: Machine, key: str, name: str) -> Model:
    """What stands at a path, or under a hub's name in the local cache."""
    stat = host.stat(name)
    if stat.value is not None and stat.value.is_dir:
        return _typed(host, machine, _folder(host, key, name, Place.FOLDER, name))
    if _is_path(name):
        return Model(key, name, Place.MISSING)
    cached = _cached(host, machine, name)
    found = _folder(host, key, name, Place.HUB, cached) if cached else Model(key, name, Place.REMOTE)
    return _typed(host, machine, found)


def config_of(key: str) -> str:
    """The file that says what the folder under this key is."""
    return "adapter_config.json" if key == "adapter_name_or_path" else "config.json"


def _typed(host: Host, machine: Machine, model: Model) -> Model:
    """With the answer whether transformers' folder of models has one for its `model_type`."""
    kind = model.config.get("model_type")
    package = next((each for each in machine.target.packages.or_else(()) if each.name == "transformers"), None)
    if not isinstance(kind, str) or package is None:
        return model
    separator = "\\" if host.system is System.WINDOWS else "/"
    root = separator.join((package.folder.rpartition(separator)[0], "transformers", "models"))
    names = host.listdir(root)
    return replace(model, type_known=kind.replace("-", "_") in names.value) if names.value else model


def _is_path(name: str) -> bool:
    """Whether it can be no hub's name (`owner/model`)."""
    return name.startswith((".", "/", "~", "\\")) or name.count("/") > 1 or "\\" in name or name[1:2] == ":"


def _cached(host: Host, machine: Machine, name: str) -> str:
    """The newest snapshot in the hub's cache, "" where there is none."""
    home = machine.hub.home.value
    if home is None:
        return ""
    separator = "\\" if host.system is System.WINDOWS else "/"
    root = separator.join((home.rstrip("/\\"), "hub", "models--" + name.replace("/", "--"), "snapshots"))
    names = host.listdir(root).or_else(())
    return separator.join((root, names[-1])) if names else ""


def _folder(host: Host, key: str, name: str, place: Place, folder: str) -> Model:
    separator = "\\" if host.system is System.WINDOWS else "/"
    root = folder.rstrip("/\\") + separator
    names = host.listdir(folder).or_else(())
    index = next((each for each in names if each.endswith(".index.json")), "")
    shards = sorted(set(_json(host, root + index).get("weight_map", {}).values())) if index else []
    weights = [each for each in names if each.endswith(".safetensors")]
    return Model(
        key,
        name,
        place,
        folder,
        _json(host, root + config_of(key)),
        names,
        tuple(shard for shard in shards if shard not in names),
        tuple(each for each in weights if _is_cut(host, root + each)),
        sum(_size(host, root + each) for each in names if each.endswith((".safetensors", ".bin"))) >> 20,
    )


def _json(host: Host, path: str) -> dict[str, Any]:
    try:
        data = jsontext.loads(host.read(path, limit=LONGEST).or_else("{}"), any_number=True)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _size(host: Host, path: str) -> int:
    stat = host.stat(path).value
    return stat.size if stat else 0


def _is_cut(host: Host, path: str) -> bool:
    """Whether a safetensors file is shorter than its header says: 8 bytes, the header as JSON, the tensors."""
    for limit in (HEADER, LONGEST):
        text = host.read(path, limit=limit).or_else("")
        start = text.find("{")
        if start < 0:
            return _size(host, path) < 8
        try:
            header, end = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        ends = [tensor["data_offsets"][1] for tensor in header.values() if "data_offsets" in tensor]
        return _size(host, path) < 8 + len(text[start:end].encode()) + max(ends, default=0)
    return True
