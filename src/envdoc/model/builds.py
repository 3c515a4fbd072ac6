"""Steps for what no package engine installs: trees of sources or programs, compilers of the index, cmake builds.

Paths are relative to the environment, with "/"; a folder of the user's is absolute.
"""

from __future__ import annotations

from enum import StrEnum

from envdoc.model.source import Source
from envdoc.model.value import dataclass, field, replace


class Origin(StrEnum):
    """Where a tree comes from."""

    ARCHIVE = "archive"  # a URL, or a file of the user's
    INDEX = "index"  # a file of the package index, found on its page
    GIT = "git"  # a repository
    FOLDER = "folder"  # a folder of the user's: looked at, used where it is, never changed


@dataclass(frozen=True, slots=True)
class FetchTree:
    """A tree of files: fetched within bounds, its hash checked (recorded and shown where nobody publishes one),
    unpacked so that nothing climbs out, looked at for what must be in it, then put in its place at once."""

    id: str
    title: str
    into: str  # ".envdoc/build/llama.cpp/source", "llama.cpp"
    origin: Origin
    place: str  # URL, path, or the file's name on the index: "llama_cpp_python-0.3.36.tar.gz"
    what: str  # what it should be, for words: "llama.cpp"
    holds: tuple[str, ...]  # files that make it that: "ggml/CMakeLists.txt"
    sha256: str = ""  # "" where nobody publishes it
    ref: str = ""  # a repository's tag or branch
    inside: str = ""  # of the archive only what has this in its path: "vendor/llama.cpp/"
    beside: tuple[tuple[str, str], ...] = ()  # further archives for the same folder, each with its sha256 or ""
    sources: tuple[Source, ...] = ()  # in use; for files of the index
    publisher: str = ""  # of a third-party binary; "" for the project's own
    record: str = ""  # component whose programs it brings; "" for sources
    copied: bool = False  # a folder of the user's is copied first: its build writes into the tree
    most_mib: int = 1024  # of an archive
    unpacked_mib: int = 4096
    download_mib: int = 0

    @property
    def detail(self) -> str:
        return self.place

    def bare(self) -> FetchTree:
        return replace(self, title="", sources=(), most_mib=0, unpacked_mib=0, download_mib=0)


@dataclass(frozen=True, slots=True)
class ProvideToolkit:
    """A CUDA toolkit out of NVIDIA's packages on the index, in a folder of its own: no administrator is needed."""

    id: str
    title: str
    into: str  # ".envdoc/toolkits/cuda-13.0"
    release: str  # "13.0"
    requirements: tuple[str, ...]  # "nvidia-cuda-nvcc==13.0.88"
    sources: tuple[Source, ...] = ()
    download_mib: int = 0
    disk_mib: int = 0

    @property
    def detail(self) -> str:
        return ", ".join(self.requirements)

    def bare(self) -> ProvideToolkit:
        return replace(self, title="", sources=(), download_mib=0, disk_mib=0)


@dataclass(frozen=True, slots=True)
class CmakeBuild:
    """Configure and build with cmake in the environment's `.envdoc`, then put the products in place at once."""

    id: str
    title: str
    component: str
    source: str  # of a FetchTree, or the user's own folder
    flags: tuple[str, ...]  # "-DGGML_CUDA=ON"
    targets: tuple[str, ...]
    take: tuple[str, ...]  # what is taken of the build tree: patterns, "bin/*"
    makes: tuple[str, ...]  # programs or libraries that must come of it: "bin/llama-bench"
    into: str  # folder of the environment, "llama.cpp"
    in_source: bool = False  # the build puts its products into the source tree
    toolkit: str = ""  # root of the CUDA toolkit; "" builds without CUDA
    toolkit_version: str = ""
    host_compiler: str = ""  # for nvcc; "" leaves it to cmake
    jobs: int = 1
    disk_mib: int = 0

    @property
    def detail(self) -> str:
        told = " ".join(flag for flag in self.flags if "ARCHITECTURES" in flag or "CAPABILITY" in flag)
        return f"{', '.join(self.targets)}; {told}" if told else ", ".join(self.targets)

    def bare(self) -> CmakeBuild:
        return replace(self, title="", jobs=0, disk_mib=0)


@dataclass(frozen=True, slots=True)
class OwnEnvironment:
    """Scripts of a tree whose exact pins would take a training environment apart: an environment of their own under
    `.envdoc`, and beside the scripts a program for each that starts it there."""

    id: str
    title: str
    component: str
    source: str  # of a FetchTree, or the user's own folder
    requirements: str  # file of the tree: "requirements/requirements-convert_hf_to_gguf.txt"
    take: tuple[str, ...]  # of the tree: "convert_hf_to_gguf.py", "conversion"
    programs: tuple[str, ...]  # scripts among them that are started: "convert_hf_to_gguf.py"
    into: str  # folder of the environment, "llama.cpp-convert"
    sources: tuple[Source, ...] = ()  # in use
    download_mib: int = 0
    disk_mib: int = 0

    @property
    def detail(self) -> str:
        return ", ".join(self.programs)

    def bare(self) -> OwnEnvironment:
        return replace(self, title="", sources=(), download_mib=0, disk_mib=0)


@dataclass(frozen=True, slots=True)
class BuildWheel:
    """A package compiled here against the torch of the environment, then tried. What its build needs lies in a folder
    of envdoc's own, from which torch is seen; nothing of it is left in the environment."""

    id: str
    title: str
    name: str  # the distribution: "flash-attn"
    source: str  # of a FetchTree, or the user's own folder
    needs: tuple[str, ...]  # of the build: "setuptools", "ninja"
    build_env: dict[str, str] = field(default_factory=dict)  # FLASH_ATTN_CUDA_ARCHS=90; `{env}` is replaced
    toolkit: str = ""  # root of the CUDA toolkit
    toolkit_version: str = ""
    host_compiler: str = ""
    jobs: int = 1  # MAX_JOBS, as torch's own extension builds read it
    sources: tuple[Source, ...] = ()  # in use
    download_mib: int = 0
    disk_mib: int = 0

    @property
    def detail(self) -> str:
        return " ".join(f"{name}={value}" for name, value in {**self.build_env, "MAX_JOBS": str(self.jobs)}.items())

    def bare(self) -> BuildWheel:
        return replace(self, title="", sources=(), jobs=0, download_mib=0, disk_mib=0)


@dataclass(frozen=True, slots=True)
class TakeAway:
    """Take a component out of an environment: its distributions, and the folder that envdoc's steps made for it."""

    id: str
    title: str
    component: str
    packages: tuple[str, ...]
    folders: tuple[str, ...] = ()  # "llama.cpp", ".envdoc/build/llama.cpp"

    @property
    def detail(self) -> str:
        return ", ".join((*self.packages, *self.folders))

    def bare(self) -> TakeAway:
        return replace(self, title="")
