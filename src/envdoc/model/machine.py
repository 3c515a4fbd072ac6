"""The Machine: everything that envdoc knows of a computer and of the environment it judges.

Frozen values without behaviour beyond small look-ups; JSON in and out through `model.codec`. Sizes are in
MiB, versions are the strings that their owners print, paths are strings in the machine's own flavour
(`Machine.os.system` says which), because a Windows machine is often read on Linux.
"""

from __future__ import annotations

from enum import StrEnum

from envdoc.model.facts import Fact, Readings, Why, missing
from envdoc.model.value import dataclass, field

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
class PcieLink:
    generation: int
    generation_max: int
    width: int
    width_max: int


@dataclass(frozen=True, slots=True)
class GpuProcess:
    pid: int
    name: str  # "" where the system hides it
    used_mib: int | None  # None where the driver does not tell (WDDM, containers)


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU as one source tells it. Indices follow the PCI bus order (as nvidia-smi's)."""

    index: int
    name: Fact[str] = missing(Why.NOT_ASKED)
    compute_capability: Fact[str] = missing(Why.NOT_ASKED)  # "12.0"
    memory_total_mib: Fact[int] = missing(Why.NOT_ASKED)
    memory_used_mib: Fact[int] = missing(Why.NOT_ASKED)
    uuid: Fact[str] = missing(Why.NOT_ASKED)
    bus_id: Fact[str] = missing(Why.NOT_ASKED)
    pci_device: Fact[str] = missing(Why.NOT_ASKED)  # NVIDIA's device id, "2d04": names the chip for certain
    driver_model: Fact[str] = missing(Why.NOT_ASKED)  # "WDDM" | "TCC" | "MCDM"; unsupported off Windows
    pcie: Fact[PcieLink] = missing(Why.NOT_ASKED)
    ecc_enabled: Fact[bool] = missing(Why.NOT_ASKED)
    ecc_uncorrected: Fact[int] = missing(Why.NOT_ASKED)  # uncorrected errors since the driver loaded
    remapped_rows_pending: Fact[bool] = missing(Why.NOT_ASKED)
    mig_enabled: Fact[bool] = missing(Why.NOT_ASKED)
    persistence: Fact[bool] = missing(Why.NOT_ASKED)
    compute_mode: Fact[str] = missing(Why.NOT_ASKED)  # "Default" | "Exclusive_Process" | "Prohibited"
    display_active: Fact[bool] = missing(Why.NOT_ASKED)
    temperature_c: Fact[int] = missing(Why.NOT_ASKED)
    power_limit_w: Fact[int] = missing(Why.NOT_ASKED)
    processes: Fact[tuple[GpuProcess, ...]] = missing(Why.NOT_ASKED)
    nvlinks: Fact[int] = missing(Why.NOT_ASKED)  # active NVLink connections
    peers: Fact[tuple[int, ...]] = missing(Why.NOT_ASKED)  # indices of the GPUs whose memory it can read directly


@dataclass(frozen=True, slots=True)
class CudaDevice:
    name: str
    compute_capability: str
    memory_total_mib: int


@dataclass(frozen=True, slots=True)
class CudaInit:
    """What libcuda itself answers, asked in a bounded child process."""

    result: int  # cuInit's CUresult: 0 CUDA_SUCCESS, 100 NO_DEVICE, 803 SYSTEM_DRIVER_MISMATCH, ...
    name: str  # "CUDA_SUCCESS"
    library: str  # the file that was loaded
    cuda_driver_version: str  # "13.0" from cuDriverGetVersion; "" where it failed
    devices: tuple[CudaDevice, ...] = ()
    age_seconds: float = 0.0  # > 0: remembered from an earlier run on the same boot, driver and devices


@dataclass(frozen=True, slots=True)
class Driver:
    version: Readings[str] = Readings()  # "580.159.04" by nvml, nvidia-smi, /proc, /sys
    cuda: Readings[str] = Readings()  # CUDA driver version "13.0" by nvml, libcuda
    nvml: Fact[str] = missing(Why.NOT_ASKED)  # NVML's own version; `detail` holds NVML's error name
    kernel_module: Fact[str] = missing(Why.NOT_ASKED)  # version of the loaded module; "open" in detail if so
    nouveau: Fact[bool] = missing(Why.NOT_ASKED)
    device_nodes: Fact[tuple[str, ...]] = missing(Why.NOT_ASKED)  # /dev/nvidia0, /dev/nvidiactl, ...
    pci: Fact[tuple[str, ...]] = missing(Why.NOT_ASKED)  # "0000:01:00.0 10de:2684", seen without a driver
    cuda_init: Fact[CudaInit] = missing(Why.NOT_ASKED)
    smi: Fact[str] = missing(Why.NOT_ASKED)  # where nvidia-smi is; the reason if it does not answer


@dataclass(frozen=True, slots=True)
class Toolkit:
    """One CUDA toolkit: a folder with an nvcc in it."""

    root: str  # its true place, links resolved
    version: str  # "13.0.88"; "" where nvcc was not understood
    nvcc: str
    found: tuple[str, ...]  # every way that leads to it: "PATH", "CUDA_HOME", "folder", "pip", "conda"
    lacks: tuple[str, ...] = ()  # what builds link and is not in it: "cublas", "stubs" (of libcuda)

    @property
    def release(self) -> str:
        """`13.0` of `13.0.88`."""
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True, slots=True)
class Toolkits:
    found: Fact[tuple[Toolkit, ...]] = missing(Why.NOT_ASKED)
    # What torch.utils.cpp_extension would take for CUDA_HOME (not resolved), `source` says by which rule:
    # "CUDA_HOME", "CUDA_PATH", "nvcc on PATH", "standard folder"
    torch_guess: Fact[str] = missing(Why.NOT_ASKED)
    # The nvcc that CMake would take: CUDACXX, then PATH, then CUDA_PATH / standard folders
    cmake_guess: Fact[str] = missing(Why.NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Tool:
    path: str
    version: str  # "13.3.0"; "" where it was not understood


@dataclass(frozen=True, slots=True)
class VisualStudio:
    path: str
    version: str  # "17.14.36401.2"
    product: str  # "Visual Studio Build Tools 2022"
    toolset: str  # "14.44.35207", "" without the C++ workload
    cuda_integration: bool  # CUDA's MSBuild files are in its BuildCustomizations


@dataclass(frozen=True, slots=True)
class Build:
    """What a source build would meet."""

    tools: dict[str, Fact[Tool]] = field(default_factory=dict)  # gcc, g++, clang, cl, cmake, ninja, git, ...
    host_compiler: Fact[Tool] = missing(Why.NOT_ASKED)  # the one nvcc would take (CUDAHOSTCXX, CXX, g++, cl)
    visual_studio: Fact[tuple[VisualStudio, ...]] = missing(Why.NOT_ASKED)


class PythonKind(StrEnum):
    SYSTEM = "system"
    VENV = "venv"
    CONDA = "conda"
    PYENV = "pyenv"
    UV = "uv"
    LAUNCHER = "launcher"  # found by Windows' py launcher
    STORE_STUB = "store-stub"  # the 0-byte App Execution Alias that opens the Microsoft Store
    STORE = "store"  # Python from the Microsoft Store
    EMBEDDED = "embedded"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Python:
    path: str
    version: str  # "3.12.10"; "" for a stub or one that does not start
    kind: PythonKind
    bits: int = 64
    implementation: str = "cpython"
    headers: Fact[bool] = missing(Why.NOT_ASKED)  # Python.h is there (Triton and extensions need it)
    externally_managed: bool = False  # PEP 668
    free_threaded: bool = False

    @property
    def minor(self) -> str:
        """`3.12` of `3.12.10`."""
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True, slots=True)
class Package:
    """One installed distribution, read from its dist-info or egg-info folder."""

    name: str  # normalised (PEP 503)
    version: str
    folder: str  # the metadata folder's own path
    requires: tuple[str, ...] = ()  # Requires-Dist lines that need no extra, as written
    requires_python: str = ""
    installer: str = ""
    tag: str = ""  # the wheel's tag, "cp312-cp312-manylinux_2_28_x86_64"
    editable: bool = False
    has_record: bool = True


@dataclass(frozen=True, slots=True)
class Leftover:
    """What a broken uninstall or install left behind."""

    path: str
    kind: str  # "tilde" (~orch), "no-record" (metadata without RECORD), "no-files" (RECORD without the files)
    name: str


@dataclass(frozen=True, slots=True)
class TorchBuild:
    """A torch installation, read from its files without importing it."""

    version: str  # torch/version.py's __version__: "2.8.0+cu128"
    cuda: str | None  # CUDA runtime version "12.8"; None for a CPU build
    arch_list: Fact[tuple[str, ...]] = missing(Why.NOT_ASKED)  # ("sm_75", ..., "compute_120")
    cxx11_abi: Fact[bool] = missing(Why.NOT_ASKED)
    hip: str | None = None
    folder: str = ""


@dataclass(frozen=True, slots=True)
class ExtensionBuild:
    """A compiled package, told apart by its files (bitsandbytes, flash-attn, xformers, ...)."""

    name: str
    version: str
    libraries: tuple[str, ...] = ()  # file names: "libbitsandbytes_cuda128.so", "flash_attn_2_cuda.cpython-312-..."
    cuda: tuple[str, ...] = ()  # CUDA versions it holds code for: ("12.8", "13.0"); majors only: ("12",)
    torch: str = ""  # the torch it was built for: "2.7" or "2.7.0"; "" unknown
    python: str = ""  # "cp312"
    cxx11_abi: bool | None = None
    arch_list: tuple[str, ...] = ()


class TargetKind(StrEnum):
    VENV = "venv"
    CONDA = "conda"
    SYSTEM = "system"
    NONE = "none"  # nothing to judge: no Python was found


@dataclass(frozen=True, slots=True)
class Target:
    """The environment that is judged. envdoc's own environment is never taken for the user's."""

    kind: TargetKind = TargetKind.NONE
    prefix: str = ""  # sys.prefix of it
    chosen_by: str = ""  # "--env", "--python", "active virtual environment", "active conda environment", "PATH"
    python: Fact[Python] = missing(Why.NOT_ASKED)
    packages: Fact[tuple[Package, ...]] = missing(Why.NOT_ASKED)
    leftovers: tuple[Leftover, ...] = ()
    torch: Fact[TorchBuild] = missing(Why.NOT_ASKED)
    extensions: dict[str, ExtensionBuild] = field(default_factory=dict)  # by package name
    marker: Fact[dict[str, str]] = missing(Why.NOT_ASKED)  # envdoc's own: profile, state, proved, lock, ...


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
