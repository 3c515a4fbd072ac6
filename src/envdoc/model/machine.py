"""The Machine: everything that envdoc knows of a computer and of the environment it judges.

Frozen values without behaviour beyond small look-ups; JSON in and out through `model.codec`. Sizes are in
MiB, versions are the strings that their owners print, paths are strings in the machine's own flavour
(`Machine.os.system` says which), because a Windows machine is often read on Linux. Its GPUs, toolkits and environment
stand in modules of their own; whoever holds a Machine finds all their names here.
"""

from __future__ import annotations

from enum import StrEnum

from envdoc.model.facts import Fact, Why, missing
from envdoc.model.gpus import CudaDevice, CudaInit, Driver, Gpu, GpuProcess, PcieLink
from envdoc.model.target import ExtensionBuild, Leftover, Package, Python, PythonKind, Target, TargetKind, TorchBuild
from envdoc.model.toolkits import Build, Tool, Toolkit, Toolkits, VisualStudio
from envdoc.model.value import dataclass, field

__all__ = [
    "ASSUMED",
    "SCHEMA",
    "Build",
    "CudaDevice",
    "CudaInit",
    "Disk",
    "Driver",
    "ExtensionBuild",
    "Gpu",
    "GpuProcess",
    "Hardware",
    "Hub",
    "Leftover",
    "Listing",
    "ListingDoubt",
    "ListingPart",
    "Machine",
    "MirrorAnswer",
    "OperatingSystem",
    "Origin",
    "Override",
    "Package",
    "PcieLink",
    "Python",
    "PythonKind",
    "Serves",
    "System",
    "Target",
    "TargetKind",
    "Tool",
    "Toolkit",
    "Toolkits",
    "TorchBuild",
    "VisualStudio",
    "WindowsFacts",
]

SCHEMA = 1


class System(StrEnum):
    LINUX = "linux"
    WINDOWS = "windows"
    DARWIN = "darwin"


class Origin(StrEnum):
    """Where a Machine comes from, so that nobody takes a made-up one for evidence."""

    PROBED = "probed"  # this machine, now
    RECORDED = "recorded"  # a snapshot of a real machine
    MINTED = "minted"  # put together by a developer from documents
    LISTED = "listed"  # read from what other programs print of it: `envdoc.listing`
    WHAT_IF = "what-if"  # a probed or empty machine with facts replaced on the command line


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    system: System
    arch: str  # "x86_64" | "aarch64", never "AMD64" or "arm64"
    name: Fact[str] = missing(Why.NOT_ASKED)  # "Ubuntu 24.04.3 LTS", "Windows 11 Pro"
    version: Fact[str] = missing(Why.NOT_ASKED)  # "24.04", "10.0.26100"
    kernel: Fact[str] = missing(Why.NOT_ASKED)
    libc: Fact[str] = missing(Why.NOT_ASKED)  # "glibc 2.39", "musl 1.2"
    wsl: Fact[int] = missing(Why.NOT_ASKED)  # 0 (not WSL), 1, 2
    container: Fact[str] = missing(Why.NOT_ASKED)  # "none", "docker", "podman", "kubernetes", ...
    code_page: Fact[int] = missing(Why.NOT_ASKED)  # Windows' ANSI code page: 936 is GBK, 65001 is UTF-8


@dataclass(frozen=True, slots=True)
class Disk:
    """Free and total space of the file system that holds `path`."""

    path: str
    free_mib: int
    total_mib: int
    filesystem: str = ""  # "ext4", "tmpfs", "9p", "" where unknown


@dataclass(frozen=True, slots=True)
class Hardware:
    cpu: Fact[str] = missing(Why.NOT_ASKED)
    cores: Fact[int] = missing(Why.NOT_ASKED)  # those this process may use
    memory_total_mib: Fact[int] = missing(Why.NOT_ASKED)
    memory_available_mib: Fact[int] = missing(Why.NOT_ASKED)
    memory_limit_mib: Fact[int] = missing(Why.NOT_ASKED)  # the cgroup's; absent means none
    swap_mib: Fact[int] = missing(Why.NOT_ASKED)
    shm: Fact[Disk] = missing(Why.NOT_ASKED)  # /dev/shm
    interfaces: Fact[tuple[str, ...]] = missing(Why.NOT_ASKED)  # network interfaces: "lo", "eth0", "ib0"
    disks: dict[str, Fact[Disk]] = field(default_factory=dict)  # by purpose: "env", "tmp", "cache", "hub"


@dataclass(frozen=True, slots=True)
class WindowsFacts:
    long_paths: Fact[bool] = missing(Why.NOT_ASKED)
    page_file_mib: Fact[int] = missing(Why.NOT_ASKED)
    vc_runtime: Fact[str] = missing(Why.NOT_ASKED)  # "14.44.35211"
    developer_mode: Fact[bool] = missing(Why.NOT_ASKED)
    hags: Fact[bool] = missing(Why.NOT_ASKED)  # hardware-accelerated GPU scheduling


@dataclass(frozen=True, slots=True)
class Hub:
    """Where Hugging Face downloads come from and go to."""

    home: Fact[str] = missing(Why.NOT_ASKED)
    endpoint: Fact[str] = missing(Why.NOT_ASKED)
    token: Fact[bool] = missing(Why.NOT_ASKED)  # whether one is set, never which
    disk: Fact[Disk] = missing(Why.NOT_ASKED)


ASSUMED = "assumed"  # `Override.by` of what a listing does not tell and everything needs


@dataclass(frozen=True, slots=True)
class Override:
    """A fact that the user replaced by an option or a variable; every report announces it."""

    fact: str  # "driver", "gpu", "os", "arch", "python"
    value: str
    by: str  # "--driver", "ENVDOC_OVERRIDE_DRIVER"


class Serves(StrEnum):
    """What an address that packages or models come from was seen to do."""

    FILE = "file"  # it gives the wanted file
    LACKS = "lacks"  # it lists others, not the wanted one
    WEB_PAGE = "web-page"  # a page for people (a login, a portal) where a listing or file should be
    REFUSES = "refuses"  # an HTTP error
    SILENT = "silent"  # nobody answered in time


@dataclass(frozen=True, slots=True)
class MirrorAnswer:
    """How one address answered. `official`: it is the usual one, or what the user configured in its place."""

    of: str  # "pypi", "pytorch", "huggingface", "conda", "github"
    name: str  # "tuna"; "configured", "official"
    url: str  # without credentials
    serves: Serves
    wanted: str = ""  # the file that was asked for
    detail: str = ""  # "HTTP 403", "no answer in 8 s"
    host: str = ""  # of another address to which it sends on; "" where it serves itself
    seconds: float = 0.0

    @property
    def official(self) -> bool:
        return self.name in ("official", "configured")


@dataclass(frozen=True, slots=True)
class ListingPart:
    """What one program printed in a pasted text."""

    program: str  # "nvidia-smi", "pip list"
    first: int  # line
    last: int


@dataclass(frozen=True, slots=True)
class ListingDoubt:
    """Text that looks like a value and is none: `58O.159.04`. It is asked, never taken."""

    what: str  # "driver", "package.torch"
    text: str
    meant: str
    line: int


@dataclass(frozen=True, slots=True)
class Listing:
    """Of a Machine that was read from a pasted text: what was read, and what could not be."""

    parts: tuple[ListingPart, ...] = ()
    doubts: tuple[ListingDoubt, ...] = ()
    number: int = 1  # which of the machines that the text tells of
    of: int = 1


@dataclass(frozen=True, slots=True)
class Machine:
    os: OperatingSystem
    origin: Origin = Origin.PROBED
    schema: int = SCHEMA
    tool: str = ""  # the envdoc that took it: "0.1.0"
    taken: str = ""  # ISO 8601 date and time, UTC
    note: str = ""  # for recorded and minted ones: from where
    hardware: Hardware = Hardware()
    driver: Driver = Driver()
    gpus: Fact[tuple[Gpu, ...]] = missing(Why.NOT_ASKED)  # the most trusted source's
    gpu_sources: dict[str, Fact[tuple[Gpu, ...]]] = field(default_factory=dict)  # "nvml", "nvidia-smi", "proc"
    toolkits: Toolkits = Toolkits()
    build: Build = Build()
    pythons: Fact[tuple[Python, ...]] = missing(Why.NOT_ASKED)
    target: Target = Target()
    env: dict[str, str] = field(default_factory=dict)  # variables that matter, raw, with stray blanks kept
    # Libraries in the folders of LD_LIBRARY_PATH that torch's wheels bring too, by folder: ("libcudnn.so.9", ...)
    library_path: dict[str, tuple[str, ...]] = field(default_factory=dict)
    library_path_unread: dict[str, Fact[bool]] = field(default_factory=dict)  # why, for folders that were not read
    windows: WindowsFacts = WindowsFacts()
    hub: Hub = Hub()
    online: dict[str, Fact[str]] = field(default_factory=dict)  # by source name, only with --online
    mirrors: tuple[MirrorAnswer, ...] = ()  # how sources and their mirrors answer, only with --online
    # Of the paths that `snapshot --have` named, in their order: "folder, 12 files, 15231 MiB"
    have: tuple[Fact[str], ...] = ()
    overrides: tuple[Override, ...] = ()
    listing: Listing = Listing()  # where it was read from one
