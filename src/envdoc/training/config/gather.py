"""Looks up what a training file names: through the host, reading only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from envdoc.host.base import Host
from envdoc.model.machine import Machine, System
from envdoc.training.config.facts import DataSets, Facts, Output, SideFile
from envdoc.training.config.models import model_at
from envdoc.training.config.values import TrainFile

MODEL_KEYS = ("model_name_or_path", "adapter_name_or_path", "ref_model", "reward_model")


def gather(host: Host, file: TrainFile, machine: Machine) -> Facts:
    """The facts of everything that the file names. Paths are taken from the current folder, as the program does."""
    told = {key: entry.value for key, entry in file.entries.items()}
    models = {
        key: model_at(host, machine, key, name)
        for key in MODEL_KEYS
        if isinstance(told.get(key), str) and (name := _first(str(told[key])))
    }
    resume = told.get("resume_from_checkpoint")
    config = file.launch.options.get("config_file", "") if file.launch else ""
    return Facts(
        models=models,
        data=_data(host, told),
        output=_output(host, told.get("output_dir")),
        deepspeed=_side(host, told.get("deepspeed")),
        accelerate=_side(host, config),
        resume_there=host.stat(resume).known if isinstance(resume, str) else None,
    )


def _first(names: str) -> str:
    return names.split(",")[-1].strip()


def join(host: Host, *parts: str) -> str:
    return ("\\" if host.system is System.WINDOWS else "/").join(part.rstrip("/\\") for part in parts if part)


def _data(host: Host, told: Mapping[str, object]) -> DataSets | None:
    names = (*split(told.get("dataset")), *split(told.get("eval_dataset")))
    folder = told.get("dataset_dir", "data")
    if not names or not isinstance(folder, str):
        return None
    if folder == "ONLINE" or folder.startswith("REMOTE:"):
        return DataSets("")
    path = join(host, folder, "dataset_info.json")
    text = host.read(path, limit=1 << 24)
    if text.value is None:
        return DataSets(folder, "absent")
    try:
        entries = json.loads(text.value)
    except (ValueError, RecursionError) as error:
        return DataSets(folder, str(error))
    if not isinstance(entries, dict):
        return DataSets(folder, "not an object")
    entries = {name: entry for name, entry in entries.items() if isinstance(entry, dict)}
    lost = {name: path for name in names if (path := _lost(host, folder, entries.get(name)))}
    return DataSets(folder, "", entries, lost)


def _lost(host: Host, folder: str, entry: dict[str, Any] | None) -> str:
    """The file of an entry that is not there; "" for one that is, or that comes from a hub."""
    hubs = ("hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name")
    if entry is None or any(name in entry for name in hubs) or not isinstance(entry.get("file_name"), str):
        return ""
    path = join(host, folder, entry["file_name"])
    return "" if host.stat(path).known else path


def split(value: object) -> tuple[str, ...]:
    """Names as LLaMA-Factory splits them: at commas, blanks stripped; a trailing comma asks for ""."""
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else ()


def _output(host: Host, path: object) -> Output | None:
    if not isinstance(path, str) or not path:
        return None
    stat, space = host.stat(path), host.disk(path)
    is_file = stat.value is not None and not stat.value.is_dir
    return Output(path, is_file, host.listdir(path).or_else(()), space.value.free_mib if space.value else None)


def _side(host: Host, path: object) -> SideFile | None:
    if not isinstance(path, str) or not path or _is_inline(path):
        return None
    text = host.read(path)
    if text.value is None:
        return SideFile(path, "absent")
    try:
        data = _parsed(path, text.value)
    except (ValueError, RecursionError) as error:
        return SideFile(path, str(error).splitlines()[0])
    return SideFile(path, "", data) if isinstance(data, dict) else SideFile(path, "not a mapping")


def _is_inline(text: str) -> bool:
    """Whether it is the configuration itself: JSON, or JSON in base64, which DeepSpeed's reader takes too."""
    return text.startswith("{") or (len(text) > 40 and not any(sign in text for sign in "./\\"))


def _parsed(path: str, text: str) -> Any:
    if not path.endswith((".yaml", ".yml")):
        return json.loads(text)
    from envdoc.training.config.read import read_yaml

    file = read_yaml(path, text, omegaconf=False)
    if file.problems:
        raise ValueError(file.problems[0].values.get("reason", file.problems[0].name))
    return {key: entry.value for key, entry in file.entries.items()}
