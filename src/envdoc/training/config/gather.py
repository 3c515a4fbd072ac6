"""Looks up what a training file names: through the host, reading only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from envdoc.host.base import Host
from envdoc.model import jsontext
from envdoc.model.facts import Why
from envdoc.model.machine import Machine, System
from envdoc.training.config.facts import DataSets, Facts, Output, Refused, SideFile
from envdoc.training.config.models import config_of, model_at
from envdoc.training.config.refusals import refusals
from envdoc.training.config.values import TrainFile

SIDE_KEYS = ("deepspeed", "config_file")
FOLDER_KEYS = ("output_dir", "resume_from_checkpoint")
MODEL_KEYS = ("model_name_or_path", "adapter_name_or_path", "ref_model", "reward_model")


def gather(host: Host, file: TrainFile, machine: Machine) -> Facts:
    """The facts of everything that the file names. Paths are taken from the current folder, as the program does."""
    told = {key: entry.value for key, entry in file.entries.items()}
    told["config_file"] = file.launch.options.get("config_file", "") if file.launch else ""
    refused = _refused(host, told)
    told |= dict.fromkeys(each.key for each in refused)
    resume = told.get("resume_from_checkpoint")
    data = _data(host, told)
    files = [("dataset", path) for path in data.files] if data else []
    return Facts(
        models={key: model_at(host, machine, key, name) for key in MODEL_KEYS if (name := _last(told.get(key)))},
        data=data,
        output=_output(host, told.get("output_dir")),
        deepspeed=_side(host, told.get("deepspeed")),
        accelerate=_side(host, told["config_file"]),
        refused=(*refused, *refusals(partial(host.read, limit=1), files)),
        resume_there=host.stat(resume).known if isinstance(resume, str) else None,
    )


def _last(names: object) -> str:
    """The last of several adapters, as the name of one; "" where there is none."""
    return names.split(",")[-1].strip() if isinstance(names, str) else ""


def _refused(host: Host, told: Mapping[str, object]) -> tuple[Refused, ...]:
    words = {key: value for key, value in told.items() if isinstance(value, str)}
    models = [(key, name) for key in MODEL_KEYS if (name := _last(words.get(key)))]
    closed = tuple(refusals(host.listdir, [*models, *((key, words.get(key, "")) for key in FOLDER_KEYS)]))
    files = [(key, words.get(key, "")) for key in SIDE_KEYS if not _is_inline(words.get(key, ""))]
    files += [(key, join(host, name, config_of(key))) for key, name in models]
    files += [("dataset_dir", _info(host, told))] if _names(told) else []
    shut = {each.key for each in closed}
    return (*closed, *refusals(partial(host.read, limit=1), [each for each in files if each[0] not in shut]))


def join(host: Host, *parts: str) -> str:
    return ("\\" if host.system is System.WINDOWS else "/").join(part.rstrip("/\\") for part in parts if part)


def _names(told: Mapping[str, object]) -> tuple[str, ...]:
    return (*split(told.get("dataset")), *split(told.get("eval_dataset")))


def _info(host: Host, told: Mapping[str, object]) -> str:
    """The path of `dataset_info.json`; "" where the data come from elsewhere."""
    folder = told.get("dataset_dir", "data")
    if not isinstance(folder, str) or folder == "ONLINE" or folder.startswith("REMOTE:"):
        return ""
    return join(host, folder, "dataset_info.json")


def _data(host: Host, told: Mapping[str, object]) -> DataSets | None:
    names = _names(told)
    folder = told.get("dataset_dir", "data")
    if not names or not isinstance(folder, str):
        return None
    if not (path := _info(host, told)):
        return DataSets("")
    text = host.read(path, limit=1 << 24)
    if text.value is None:
        return DataSets(folder, "absent")
    try:
        entries = jsontext.loads(text.value, any_number=True)
    except ValueError as error:
        return DataSets(folder, str(error))
    if not isinstance(entries, dict):
        return DataSets(folder, "not an object")
    entries = {name: entry for name, entry in entries.items() if isinstance(entry, dict)}
    files = {name: path for name in names if (path := _file(host, folder, entries.get(name)))}
    lost = {name: path for name, path in files.items() if host.stat(path).why is Why.ABSENT}
    return DataSets(folder, "", entries, lost, tuple(files.values()))


def _file(host: Host, folder: str, entry: dict[str, Any] | None) -> str:
    """The file of an entry; "" for one that comes from a hub."""
    hubs = ("hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name")
    if entry is None or any(name in entry for name in hubs) or not isinstance(entry.get("file_name"), str):
        return ""
    return join(host, folder, entry["file_name"])


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
        return jsontext.loads(text, any_number=True)
    from envdoc.training.config.read import read_yaml

    file = read_yaml(path, text, omegaconf=False)
    if file.problems:
        raise ValueError(file.problems[0].values.get("reason", file.problems[0].name))
    return {key: entry.value for key, entry in file.entries.items()}
