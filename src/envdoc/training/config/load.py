"""A training file by its path, or a command line as it is, with everything that it names: a `Run`."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.cuda import version_tuple
from envdoc.model.machine import Machine
from envdoc.model.value import replace
from envdoc.training.config.facts import Facts
from envdoc.training.config.gather import gather
from envdoc.training.config.keys import Keys, keys_of
from envdoc.training.config.read import read_command, read_json, read_yaml
from envdoc.training.config.run import Run
from envdoc.training.config.values import Entry, Form, Problem, TrainFile

LIMIT = 1 << 20  # a training file has some 2 KiB
_UTF16 = rb"\A(?:\xff\xfe|\xfe\xff)"


def load(host: Host, path: str, machine: Machine, *, elsewhere: bool = False) -> Run:
    """Read the file and look up what it names.

    `path` may be the command line itself (`llamafactory-cli train x.yaml`). `elsewhere`: the machine is a snapshot or
    a listing, whose files are not here: only the training file is read.
    """
    keys = keys_of(None if elsewhere else host, machine)
    file = typed(_merged(host, _read(host, path, keys), keys), keys)
    return Run(file, keys, machine, Facts(looked=False) if elsewhere else gather(host, file, machine))


def _read(host: Host, path: str, keys: Keys) -> TrainFile:
    stat = host.stat(path)
    if not stat.known and len(path.split()) > 1:
        return read_command("command line", path)
    form = Form.JSON if path.endswith(".json") else Form.YAML if path.endswith((".yaml", ".yml")) else Form.COMMAND
    problem = _unreadable(host, path, form)
    if problem is not None:
        return TrainFile(path, form, problems=(problem,))
    text = host.read(path, limit=LIMIT + 1).or_else("")
    if form is Form.COMMAND:
        return read_command(path, text)
    if form is Form.JSON:
        return read_json(path, text)
    return read_yaml(path, text, omegaconf=version_tuple(keys.llamafactory) >= (0, 9, 4))


def _unreadable(host: Host, path: str, form: Form) -> Problem | None:
    """Why there is no text to read."""
    stat = host.stat(path)
    if stat.value is None:
        return Problem("train-file-broken", "missing", values={"reason": stat.reason()})
    if stat.value.is_dir:
        return Problem("train-file-broken", "folder")
    if stat.value.size > LIMIT:
        return Problem("train-file-broken", "too-long", values={"size": str(stat.value.size), "limit": str(LIMIT)})
    text = host.read(path, limit=LIMIT + 1)
    if text.value is None:
        return Problem("train-file-broken", "missing", values={"reason": text.reason()})
    if host.search(path, _UTF16).known or "\ufffd" in text.value:
        line = text.value[: text.value.find("\ufffd")].count("\n") + 1 if "\ufffd" in text.value else 1
        return Problem("train-file-broken", "encoding", line) if form is not Form.COMMAND else None
    return None


def _merged(host: Host, file: TrainFile, keys: Keys) -> TrainFile:
    """A command line that names a configuration: the configuration's keys, the command line's over them."""
    if file.launch is None or not file.launch.config:
        return file
    inner = _read(host, file.launch.config, keys)
    return replace(inner, entries={**inner.entries, **file.entries}, launch=file.launch)


def typed(file: TrainFile, keys: Keys) -> TrainFile:
    """A command line's texts as argparse converts them, by the key's type; what it cannot convert stays text."""
    if file.form is not Form.COMMAND:
        return file
    entries = (_typed(_named(entry, keys), keys) for entry in file.entries.values())
    return replace(file, entries={entry.key: entry for entry in entries})


def _named(entry: Entry, keys: Keys) -> Entry:
    """argparse takes `--lora-rank`, a beginning that only one option has, and `--no_X` for a switch that is on."""
    name = entry.key.replace("-", "_")
    bare = keys.keys.get(name.removeprefix("no_"))
    if entry.file or name in keys.keys:
        return replace(entry, key=name)
    if bare is not None and bare.is_switch and bare.default is True and entry.value is True:
        return replace(entry, key=bare.name, value=False)
    near = [key for key in keys.keys if key.startswith(name)]
    return replace(entry, key=near[0]) if len(near) == 1 else entry


def _typed(entry: Entry, keys: Keys) -> Entry:
    known = keys.keys.get(entry.key)
    if known is None or not isinstance(entry.value, str) or entry.file:
        return entry
    text = entry.value
    if known.is_switch and text.lower() in ("yes", "true", "t", "y", "1", "no", "false", "f", "n", "0"):
        return replace(entry, value=text.lower() in ("yes", "true", "t", "y", "1"))
    for kind in ("int", "float"):
        if kind in known.types and "str" not in known.types:
            try:
                return replace(entry, value=int(text) if kind == "int" else float(text))
            except ValueError:
                continue
    return entry
