"""The training file as the run wants it: a copy whose `deepspeed:` names the generated file, or none.

The user's text stays as it is, comments too; one line is added or changed, and the copy is read again to see that
nothing else changed.
"""

from __future__ import annotations

import json

from envdoc.errors import DataError
from envdoc.training.config.read import read_yaml
from envdoc.training.config.values import TrainFile

KEY = "deepspeed"


def read(path: str, text: str) -> TrainFile:
    """The training file's keys.

    Raises:
        DataError: it is not YAML, or its YAML cannot be read.
    """
    if not path.lower().endswith((".yaml", ".yml")):
        hint = "LLaMA-Factory 0.9.5 reads YAML: name a .yaml file"
        raise DataError(f"{path}: no YAML training file by its name", hint=hint)
    file = read_yaml(path, text)
    if file.problems:
        line = f", line {file.problems[0].line}" if file.problems[0].line else ""
        hint = f"see `envdoc check --train` for what is wrong: {file.problems[0].code}"
        raise DataError(f"{path}{line}: the training file cannot be read", hint=hint)
    return file


def with_deepspeed(path: str, text: str, settings: str | None) -> str:
    """The text with `deepspeed: SETTINGS`, or with null where there is none.

    Raises:
        DataError: the key cannot be set without touching others.
    """
    before = read(path, text)
    value = "null" if settings is None else json.dumps(settings, ensure_ascii=False)
    entry = before.entries.get(KEY)
    copy = _appended(text, value) if entry is None else _replaced(text, entry.line, value)
    after = read_yaml(path, copy)
    wanted = {key: each.value for key, each in before.entries.items()} | {KEY: settings}
    if after.problems or {key: each.value for key, each in after.entries.items()} != wanted:
        hint = "write it by hand, one key a line, or give a file without it"
        raise DataError(f"{path}: `{KEY}` cannot be set in a copy of it", hint=hint)
    return copy


def _appended(text: str, value: str) -> str:
    return f"{text.rstrip()}\n\n{KEY}: {value}\n"


def _replaced(text: str, line: int, value: str) -> str:
    lines = text.splitlines()
    lines[line - 1] = f"{KEY}: {value}"
    return "\n".join(lines) + "\n"


def own_deepspeed(file: TrainFile) -> str:
    """The path that the file's own `deepspeed:` names; nothing where it names none."""
    entry = file.entries.get(KEY)
    return entry.value if entry and isinstance(entry.value, str) else ""
