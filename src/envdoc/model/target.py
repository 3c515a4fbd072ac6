"""The Pythons of a Machine, and the environment that is judged: its packages, its torch, its compiled extensions."""

from __future__ import annotations

from enum import StrEnum

from envdoc.model.facts import Fact, Why, missing
from envdoc.model.value import dataclass, field


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
