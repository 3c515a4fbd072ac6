"""A profile: which environment to build, for which GPUs. Names components and bounds; holds no shell."""

from __future__ import annotations

from collections.abc import Callable

from envdoc.model.machine import System
from envdoc.model.value import dataclass, field


@dataclass(frozen=True, slots=True)
class GpuBounds:
    """Compute capabilities that the profile is for, both ends included. None: needs no GPU (cpu)."""

    min: str
    max: str
    cards: tuple[str, ...] = ()  # those of them that it is made for, by name: ("t4",); for all where empty


@dataclass(frozen=True, slots=True)
class PythonBounds:
    prefer: str  # "3.12"
    allow: tuple[str, ...]  # ("3.11", "3.12", "3.13"), minors


@dataclass(frozen=True, slots=True)
class TorchBounds:
    prefer: tuple[str, ...]  # release lines in order of preference: ("2.7", "2.8")
    cuda: tuple[str, ...]  # CUDA variants in order of preference: ("cu128",) or ("cpu",)


@dataclass(frozen=True, slots=True)
class Profile:
    id: str
    title: str
    summary: str
    systems: tuple[System, ...]
    arches: tuple[str, ...]  # ("x86_64",)
    gpus: GpuBounds | None
    python: PythonBounds
    torch: TorchBounds
    components: tuple[str, ...]  # names in the component registry, in order of installation
    optional: tuple[str, ...] = ()  # may be added with --with
    # "linux-x86_64-cp312": file of exact pins in profiles/locks (all but torch's own stack), one a platform
    locks: dict[str, str] = field(default_factory=dict)
    disk_mib: int = 0  # what the environment needs on disk, measured
    download_mib: int = 0  # what a first install downloads, measured
    sources: tuple[str, ...] = ()  # where its choices come from
    checked: str = ""  # ISO date
    origin: str = "shipped"  # "shipped" or the user's file


Locks = Callable[[Profile, str], tuple[str, ...]]  # the lines of a profile's lock, by its name in `Profile.locks`
