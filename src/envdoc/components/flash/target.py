"""What a flash-attn wheel must fit."""

from __future__ import annotations

from functools import lru_cache

from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import cuda_of, tag_of, version_tuple
from envdoc.model.machine import System
from envdoc.model.value import dataclass
from envdoc.rules.torch_rows import row_of


@dataclass(frozen=True, slots=True)
class Target:
    """An environment that is there or will be."""

    system: System
    arch: str
    python: str  # "3.12"
    torch: str  # "2.7.0", without local tag
    cuda: str  # "12.8", torch's CUDA runtime version; "" for a CPU build
    cxx11_abi: bool | None  # of torch; None unknown
    gpus: tuple[str, ...]  # compute capabilities of the visible GPUs
    glibc: str = ""  # "" unknown
    free_threaded: bool = False

    @property
    def line(self) -> str:
        """torch's release line, "2.7"."""
        return line_of(self.torch)

    @property
    def place(self) -> str:
        """What the platform tags of its wheels end with."""
        if self.system is System.WINDOWS:
            return "win_amd64" if self.arch == "x86_64" else "win_arm64"
        return f"_{self.arch}" if self.system is System.LINUX else "macosx"


@lru_cache(maxsize=1024)
def line_of(torch: str) -> str:
    return ".".join(map(str, version_tuple(torch)[:2]))


@lru_cache(maxsize=1024)
def usual_abi(torch: str, cuda: str, arch: str, knowledge: Knowledge) -> bool | None:
    """The C++11 ABI of PyTorch's own Linux build of a torch for a CUDA runtime version; None where nobody knows."""
    row = row_of(torch, tag_of(cuda or None), System.LINUX, arch, knowledge)
    return row.cxx11_abi if row else None


def glibc_of(libc: str | None) -> str:
    """`2.39` of the fact `glibc 2.39`; "" for another C library, or where nobody told."""
    return libc.removeprefix("glibc ") if libc and libc.startswith("glibc ") else ""


def of_variant(
    system: System, arch: str, python: str, torch: str, cuda: str, gpus: tuple[str, ...], knowledge: Knowledge
) -> Target:
    """The environment that a choice would make: torch `2.7.0` as its `cu128` build."""
    runtime = cuda_of(cuda) or ""
    return Target(system, arch, python, torch, runtime, usual_abi(torch, runtime, arch, knowledge), gpus)
