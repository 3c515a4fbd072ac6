"""How a training run is started: what was asked, and the files and lines that start it."""

from __future__ import annotations

from enum import StrEnum

from envdoc.model.finding import Shell
from envdoc.model.value import dataclass


class Engine(StrEnum):
    LLAMAFACTORY = "llamafactory"
    TORCHRUN = "torchrun"
    ACCELERATE = "accelerate"
    DEEPSPEED = "deepspeed"


class Sharing(StrEnum):
    """How several GPUs share the work; `ds-` are DeepSpeed's ZeRO stages, `file` what the training file's own
    `deepspeed:` says."""

    FILE = "file"
    DDP = "ddp"
    ZERO0 = "ds-z0"
    ZERO2 = "ds-z2"
    ZERO2_OFFLOAD = "ds-z2-offload"
    ZERO3 = "ds-z3"
    ZERO3_OFFLOAD = "ds-z3-offload"
    FSDP = "fsdp"

    @property
    def stage(self) -> int | None:
        """DeepSpeed's stage; None for the others."""
        return int(self.value[4]) if self.value.startswith("ds-z") else None

    @property
    def offload(self) -> bool:
        return self.value.endswith("-offload")


class Cluster(StrEnum):
    PLAIN = "plain"
    SLURM = "slurm"
    SKYPILOT = "skypilot"
    DSTACK = "dstack"


@dataclass(frozen=True, slots=True)
class HostSlots:
    """One machine of a hostfile and how many processes it takes; 0 where the file does not say. `user` and `port`
    are for ssh; empty where the file leaves them to ssh."""

    name: str
    slots: int = 0
    user: str = ""
    port: int = 0


@dataclass(frozen=True, slots=True)
class LaunchWish:
    """What was asked, whole: `gpus` are processes on each of `nodes` machines. `prefix` stands before each file's
    name, as in the user's `-o DIR`; `min_nodes` above 0 makes the run elastic."""

    train: str
    engine: Engine
    sharing: Sharing
    gpus: int
    nodes: int = 1
    hosts: tuple[HostSlots, ...] = ()
    shell: Shell = Shell.BASH
    cluster: Cluster = Cluster.PLAIN
    gpu: str = ""  # a GPU's name, for clouds that rent by it
    prefix: str = ""
    min_nodes: int = 0
    max_restarts: int = 0
    own_deepspeed: str = ""  # what the training file's `deepspeed:` names, where the strategy is FILE

    @property
    def elastic(self) -> bool:
        return self.min_nodes > 0

    @property
    def zero(self) -> bool:
        """Whether DeepSpeed shares the work: then even one process is started by a launcher."""
        return self.sharing.stage is not None or bool(self.own_deepspeed)

    @property
    def windows(self) -> bool:
        return self.shell in (Shell.CMD, Shell.POWERSHELL)

    def path(self, name: str) -> str:
        """Where a generated file lies, as seen from the folder in which the run is started."""
        return f"{self.prefix}{name}"


@dataclass(frozen=True, slots=True)
class LaunchFile:
    """A generated file. `text` has plain line ends; `written` is what goes to the disk."""

    name: str
    text: str

    @property
    def written(self) -> bytes:
        """cmd wants its own line ends; PowerShell 5 reads UTF-8 only behind a byte order mark."""
        windows = self.name.endswith((".cmd", ".ps1"))
        text = self.text.replace("\n", "\r\n") if windows else self.text
        return text.encode("utf-8-sig" if self.name.endswith(".ps1") else "utf-8")


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """The files, and the lines that start the run from the folder in which envdoc was started. `notes` are
    sentences of the catalogue."""

    wish: LaunchWish
    files: tuple[LaunchFile, ...]
    commands: tuple[str, ...]
    notes: tuple[str, ...] = ()
    written: bool = False
