"""What a run needs beyond its file, as values: the model's folder, the data sets, the output folder, side files."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from envdoc.model.value import dataclass, field


class Place(StrEnum):
    """What a `model_name_or_path` stands for."""

    FOLDER = "folder"
    HUB = "hub"  # a hub's name that is in the local cache
    REMOTE = "remote"  # a hub's name that would have to be downloaded
    MISSING = "missing"  # a path, and nothing is there


@dataclass(frozen=True, slots=True)
class Model:
    """A folder with a model or an adapter, its config read, nothing executed."""

    key: str  # the key that names it
    name: str  # as written
    place: Place
    folder: str = ""
    config: dict[str, Any] = field(default_factory=dict)  # config.json, or adapter_config.json
    names: tuple[str, ...] = ()  # files in the folder
    absent: tuple[str, ...] = ()  # shards that the index names and that are not there
    cut: tuple[str, ...] = ()  # weight files shorter than their own header says
    weights_mib: int = 0
    type_known: bool | None = None  # whether the installed transformers has its model_type; None: it is not at hand

    @property
    def has_weights(self) -> bool:
        return any(name.endswith((".safetensors", ".bin", ".pt", ".pth", ".gguf")) for name in self.names)

    @property
    def pickles(self) -> tuple[str, ...]:
        """Weight files whose loading runs code, where no safetensors stand beside them."""
        if any(name.endswith(".safetensors") for name in self.names):
            return ()
        return tuple(name for name in self.names if name.endswith((".bin", ".pt", ".pth", ".ckpt")))


@dataclass(frozen=True, slots=True)
class DataSets:
    """`dataset_info.json`: the names that it has, and what became of the files that the run names."""

    folder: str  # "" where the data come from elsewhere (ONLINE, REMOTE:)
    problem: str = ""  # why it could not be read: "absent", or the reader's own words
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)  # name -> the file that is not there
    files: tuple[str, ...] = ()  # what the run's names stand for on this disk


@dataclass(frozen=True, slots=True)
class Output:
    """What stands in the output folder."""

    path: str = ""
    is_file: bool = False
    names: tuple[str, ...] = ()
    free_mib: int | None = None


@dataclass(frozen=True, slots=True)
class SideFile:
    """A JSON or YAML file that the run names: DeepSpeed's, accelerate's."""

    path: str
    problem: str = ""  # "absent", or the reader's own words
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A path that is there, or may be, and that this user may not look at: nothing else is said of it."""

    key: str  # the key that names it; "config_file" is the launcher's option
    path: str
    reason: str  # the system's own words
    denied: bool = True  # for want of rights; False: the disk, the share, the name


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was looked up for one training file."""

    models: dict[str, Model] = field(default_factory=dict)  # by key
    data: DataSets | None = None
    output: Output | None = None
    deepspeed: SideFile | None = None
    accelerate: SideFile | None = None
    refused: tuple[Refused, ...] = ()
    looked: bool = True  # False: the machine is a snapshot, whose files are not here
    resume_there: bool | None = None  # whether resume_from_checkpoint names a folder; None where it is not a path
