"""The rows of the compatibility tables, as values. Every row says where it comes from and when it was checked.

One class a table; one YAML file a table in `knowledge/data/`. Compute capabilities are strings ("12.0"),
CUDA variants tags ("cu128", "cpu"), versions the strings that their projects print.
"""

from __future__ import annotations

from envdoc.model.value import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """What every row carries. `source` is a URL, or "measured: <file>" for what was read out of a real file."""

    source: str
    checked: str  # ISO date


@dataclass(frozen=True, slots=True)
class TorchRow(Row):
    """One published variant of one torch release line (table `torch`)."""

    version: str  # release line "2.8"
    cuda: str  # "cu128" | "cpu"
    os: str  # "linux" | "windows" | "darwin"
    arch: str  # "x86_64" | "aarch64"
    patches: tuple[str, ...]  # ("2.8.0",), oldest first
    python: tuple[str, ...]  # ("3.9", ..., "3.13")
    sm: tuple[str, ...]  # compute capabilities with cubins; empty for cpu
    pypi_default: bool  # the Python package index serves this very build for that OS and arch
    cxx11_abi: bool | None = None
    glibc: str = ""  # least glibc ("2.28") on Linux
    ptx: tuple[str, ...] = ()  # capabilities with PTX
    download_mib: int = 0  # torch's wheel with the nvidia wheels it needs; 0 where not measured


@dataclass(frozen=True, slots=True)
class CompanionRow(Row):
    """What belongs to one exact torch (table `companions`). "" means that there is none."""

    torch: str  # "2.8.0"
    torchvision: str
    torchaudio: str
    triton: str = ""  # Linux
    triton_windows: str = ""  # a range: "<3.5"
    xformers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DriverFloorRow(Row):
    """Least driver for a CUDA major by minor-version compatibility (table `driver_floors`)."""

    cuda_major: int
    linux: str
    windows: str


@dataclass(frozen=True, slots=True)
class NativeDriverRow(Row):
    """The driver that a toolkit release brings: from it on nothing depends on minor-version compatibility
    (PTX JIT does). Table `native_drivers`; "" where NVIDIA publishes none."""

    cuda: str  # "12.8"
    linux: str
    windows: str


@dataclass(frozen=True, slots=True)
class DriverBranchRow(Row):
    """A driver branch, the CUDA driver version it offers, and the capabilities it serves (`driver_branches`)."""

    branch: int  # 580
    cuda: str  # "13.0"
    capability_min: str  # "5.0"; from 590 on "7.5"


@dataclass(frozen=True, slots=True)
class GpuRow(Row):
    """GPUs of one kind by name (table `gpus`). Names are lower-case words that must all stand in the GPU's name."""

    names: tuple[str, ...]  # ("rtx 5090", "rtx 5080", ...)
    capability: str
    generation: str  # "Blackwell"
    driver_min: int = 0  # branch its hardware needs: 570 for RTX 50
    integrated: bool = False  # Jetson and the like


@dataclass(frozen=True, slots=True)
class ToolkitRow(Row):
    """One CUDA toolkit release: what its nvcc compiles for and with (table `toolkits`)."""

    release: str  # "12.8"
    targets: tuple[str, ...]  # capabilities of its real targets
    gcc_max: int
    msvc_min: int  # _MSC_VER, 0 unknown
    msvc_max: int
    clang_max: int = 0


@dataclass(frozen=True, slots=True)
class BitsandbytesRow(Row):
    """A range of bitsandbytes releases (table `bitsandbytes`)."""

    versions: str  # a specifier: ">=0.50,<0.51"
    cuda: tuple[str, ...]  # CUDA versions of the libraries in its wheels: ("11.8", ..., "13.2")
    same_major_fallback: bool  # from 0.50 on another minor of the same major will do
    torch_min: str
    python_min: str
    avoid: tuple[str, ...] = ()  # releases known bad
    sm: dict[str, tuple[str, ...]] = field(default_factory=dict)  # "linux-x86_64-12.8": capabilities


@dataclass(frozen=True, slots=True)
class StackRow(Row):
    """One release of a package and the bounds it puts on others (table `stacks`: llamafactory, deepspeed, ...)."""

    package: str
    version: str
    python: str  # specifier ">=3.11"
    torch: str  # specifier ">=2.4"
    pins: dict[str, str] = field(default_factory=dict)  # {"transformers": ">=4.55.0,<=5.6.0,!=4.57.0"}
    systems: tuple[str, ...] = ("linux", "windows")
    wheels_python: dict[str, tuple[str, ...]] = field(default_factory=dict)  # {"windows": ("3.10", "3.11")}
    arches: tuple[str, ...] = ()  # empty: all
    cuda: tuple[str, ...] = ()  # CUDA majors that its compiled parts load, ("12",); empty: it has none that must load
    capability: str = ""  # the least compute capability that it runs on
    beside: dict[str, str] = field(default_factory=dict)  # what must come along within bounds that its metadata lacks
    builds: tuple[str, ...] = ()  # source distributions that it and what it needs are built from
    note: str = ""


@dataclass(frozen=True, slots=True)
class BreakRow(Row):
    """Versions that install side by side and break at import or at run time (table `breaks`)."""

    id: str
    packages: dict[str, str]  # all must match: {"numpy": ">=2", "torch": "<2.3"}
    summary: str
    fix: dict[str, str]  # {"numpy": "<2"}
    systems: tuple[str, ...] = ()  # empty: all


@dataclass(frozen=True, slots=True)
class AdviceRow(Row):
    """Published advice that is wrong or out of date, and what holds instead (table `advice`)."""

    id: str
    advice: str
    truth: str
    packages: dict[str, str] = field(default_factory=dict)  # it was followed if these are installed
    env: dict[str, str] = field(default_factory=dict)  # or if these variables are set (regex of the value)
    capability_min: str = ""  # wrong for GPUs in these bounds
    capability_max: str = ""
    systems: tuple[str, ...] = ()
    fix: str = ""


@dataclass(frozen=True, slots=True)
class MirrorRow(Row):
    """A mirror (table `mirrors`)."""

    name: str  # "nju"
    of: str  # "pytorch" | "pypi" | "huggingface" | "conda" | "github"
    url: str  # "https://mirror.nju.edu.cn/pytorch/whl/{cuda}"
    layout: str  # "index" | "links" | "prefix"
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelRow(Row):
    """Sizes of a model that people fine-tune (table `models`), as its publisher's config.json has them."""

    name: str  # "qwen2.5-7b"
    model_type: str
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    inner: int
    vocabulary: int
    tied: bool
    head_dim: int


@dataclass(frozen=True, slots=True)
class GpuMemoryRow(Row):
    """What a card of this name has in all (table `gpu_memory`); a name sold with two sizes needs the size in it."""

    names: tuple[str, ...]  # ("rtx 5060 ti 16gb",)
    memory_mib: int


@dataclass(frozen=True, slots=True)
class CardRow(Row):
    """The PCI device ids of one chip (table `cards`): id -> the name of the public list, "" where it has none."""

    chip: str  # "GB206"
    capability: str
    devices: dict[str, str]
    version: str = ""  # of the public list


@dataclass(frozen=True, slots=True)
class FlashCollectionRow(Row):
    """Who publishes flash-attn wheels (table `flash_attn`, `collections`), the first to be taken first."""

    name: str  # "mjun0812"
    title: str  # "mjun0812/flash-attention-prebuild-wheels"
    url: str  # with {release} and {name}
    official: bool = False  # the project's own; all others are third-party binaries that need consent
    glibc: str = ""  # the builder's, where it is known to be what `linux_x86_64` wheels need


@dataclass(frozen=True, slots=True)
class FlashCodeRow(Row):
    """The machine code that builds hold (`code`), the narrowest row first. `cuda` is what `toolkit` may be."""

    package: str
    versions: str  # a specifier
    cuda: str  # a specifier for the toolkit
    sm: tuple[str, ...]
    toolkit: str = ""  # the toolkit of wheels whose name tells the major only
    collections: tuple[str, ...] = ()  # () for all


@dataclass(frozen=True, slots=True)
class FlashFloorRow(Row):
    """The GPUs a generation of the kernels runs on (`floors`): from `least` on, or these `majors` alone."""

    package: str
    title: str
    least: str = ""
    majors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlashReuseRow(Row):
    """Wheels built for torch `built` that were measured to pass their tests under torch `torch` (`reuse`)."""

    torch: str  # release line "2.11"
    built: str  # "2.10"
    systems: tuple[str, ...]
    collections: tuple[str, ...]
