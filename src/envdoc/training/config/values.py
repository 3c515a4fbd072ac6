"""A training file as read: every key with its value and its place, and what was wrong with the file itself."""

from __future__ import annotations

from enum import StrEnum

from envdoc.model.finding import Where
from envdoc.model.value import dataclass, field

RANKS = "ranks.py"  # the launcher without torchrun, which `envdoc launch` writes for native Windows


class Form(StrEnum):
    YAML = "yaml"
    JSON = "json"
    COMMAND = "command"  # `--key value`: argparse converts types and checks choices; a file's values are taken as is


@dataclass(frozen=True, slots=True)
class Entry:
    """One key. `value` is what the release's own reader makes of it; `line` counts from 1, 0 on a command line."""

    key: str
    value: object
    line: int = 0
    quoted: bool = False  # written in quotes: text whatever it looks like
    file: str = ""  # where it stands, if not in the training file itself: "command line"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the file as such. `name` is a sentence of the code, `values` stand in it."""

    code: str
    name: str
    line: int = 0
    key: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Launch:
    """How the run is started, where a command line says so."""

    program: str = ""  # "llamafactory-cli", "torchrun", "accelerate", "deepspeed", "python", RANKS
    verb: str = ""  # llamafactory-cli's first word: "train", "chat", "export", ...
    variables: dict[str, str] = field(default_factory=dict)  # written before the program: FORCE_TORCHRUN=1
    options: dict[str, str] = field(default_factory=dict)  # the launcher's own: nproc_per_node, nnodes, config_file
    config: str = ""  # the training file that it names
    defaults: dict[str, str] = field(default_factory=dict)  # variables set only where the environment has none


@dataclass(frozen=True, slots=True)
class TrainFile:
    """What was read. `entries` is empty where the file could not be read at all; `problems` say why."""

    path: str
    form: Form
    entries: dict[str, Entry] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    launch: Launch | None = None

    def where(self, key: str = "") -> Where:
        """The place of a key; the file alone for a key that is not in it."""
        entry = self.entries.get(key)
        if entry is None:
            return Where(self.path, 0, key)
        return Where(entry.file or self.path, entry.line, key)
