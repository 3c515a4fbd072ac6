"""Rows of the tables about builds from source: toolkits of the index, what builds need, llama.cpp's releases."""

from __future__ import annotations

from envdoc.knowledge.rows import Row
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class ToolkitWheelsRow(Row):
    """A CUDA toolkit made of packages on the index (table `toolkit_wheels`)."""

    release: str  # "13.0"
    version: str  # nvcc's, "13.0.88"
    systems: tuple[str, ...]
    arches: tuple[str, ...]
    requirements: tuple[str, ...]
    download_mib: int
    disk_mib: int


@dataclass(frozen=True, slots=True)
class LlamaSourceRow(Row):
    """llama.cpp's tree inside a file of the package index (table `llamacpp`, `sources`)."""

    version: str
    file: str
    sha256: str
    inside: str  # the tree's place in the archive
    download_mib: int


@dataclass(frozen=True, slots=True)
class LlamaReleaseRow(Row):
    """A release of llama.cpp whose archives' names were seen (`releases`)."""

    tag: str
    url: str  # with {tag} and {file}


@dataclass(frozen=True, slots=True)
class LlamaArchiveRow(Row):
    """One archive of each release (`archives`)."""

    systems: tuple[str, ...]
    arches: tuple[str, ...]
    cuda: str  # toolkit release that it was built with; "" for the CPU alone
    file: str  # with {tag}
    runtime: str = ""  # the CUDA libraries that it needs beside it, with {tag}
    sm: tuple[str, ...] = ()  # machine code
    ptx: tuple[str, ...] = ()  # compiled at first use, by a driver that is not older than the toolkit
    glibc: str = ""  # of the system that it was built on


@dataclass(frozen=True, slots=True)
class LlamaOptionRow(Row):
    """A build option that old guides name (`options`)."""

    name: str
    how: str  # "refused" | "renamed" | "ignored"
    instead: str = ""
    since: str = ""  # release, where it is known


@dataclass(frozen=True, slots=True)
class FlashSourceRow(Row):
    """A source distribution of flash-attn, and what compiling it takes (table `flash_attn`, `sources`)."""

    version: str
    file: str
    sha256: str
    download_mib: int
    disk_mib: int
    sm: tuple[str, ...]  # what FLASH_ATTN_CUDA_ARCHS can name
    thread_mib: int  # memory of one compiler thread; nvcc takes one for each architecture
    core_minutes: int  # about, of all files for one architecture


@dataclass(frozen=True, slots=True)
class PrerequisiteRow(Row):
    """What a build needs, and the package that brings it, by package manager (table `prerequisites`)."""

    tool: str  # "cmake"
    apt: str = ""
    dnf: str = ""
    conda: str = ""
    winget: str = ""
    index: str = ""  # on the Python index
    override: str = ""  # for winget's --override
