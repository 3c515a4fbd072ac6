"""What a build from source would meet on a Machine: CUDA toolkits, compilers, Visual Studio."""

from __future__ import annotations

from envdoc.model.facts import Fact, Why, missing
from envdoc.model.value import dataclass, field


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
