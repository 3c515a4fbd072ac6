"""A message of a program's source, and what is decided of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

# A message speaks of the environment where one of these stands in it: what must be installed and in which release,
# toolkits, compilers, drivers and their libraries, what a GPU can, which system it is, and the system's own limits.
# Which tensor is on which device, what an argument must be, what a model supports is not looked at.
SPEAKS = re.compile(
    r"(?:pip3? install|conda install|uv pip|apt(?:-get)? install|please install|not (?:been )?installed|"
    r"isn't installed|(?:must|needs?|has|have|required?) to be installed|please (?:up(?:grade|date)|downgrade)|"
    r"requires? [`'\"]?[\w.-]{2,30}[`'\"]?(?: version)? ?(?:>=|==|<)|"
    r"(?:version|release) [^.]{0,40}(?:too old|required|or (?:newer|higher|later))|"
    r"(?:cuda|driver|torch|pytorch|python|nccl|cudnn|compiler|gcc|glibc|triton|transformers) version|"
    r"compute capability|\bsm_?\d{2,3}|(?:ampere|hopper|blackwell|turing|volta)\b|"
    r"\bnvcc\b|\bptxas\b|\bnvrtc\b|CUDA_(?:HOME|PATH)|cuda (?:toolkit|runtime|driver)|"
    r"nvidia driver|\blibcuda|\bnvml\b|"
    r"nvidia-smi|\bninja\b|(?:c|c\+\+|host|cuda) compiler|\bmsvc\b|cl\.exe|visual studio|"
    r"cuda (?:is )?(?:not|un)[ -]?available|no (?:cuda|gpu|nvidia)|without cuda|compiled with(?:out)? cuda|"
    r"out of memory|no space left|/dev/shm|shared memory segment|permission denied|"
    r"(?:only|not) (?:yet )?supported on (?:linux|windows|wsl|macos)|(?:windows|linux)[ -]only|"
    r"shared object|undefined symbol|\bglibc\b|libstdc\+\+|\bdll\b|binary incompat)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Message:
    """`shape` has `{}` where a value stands; `sample` has a value that could stand there."""

    package: str
    release: str
    shape: str
    sample: str
    kind: str  # "raise", "warn", "log", "assert", "check" (C++), "cmake"

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.package}|{self.shape}".encode()).hexdigest()[:12]

    @property
    def whole(self) -> str:
        """On one line."""
        return " ".join(self.shape.split())

    @property
    def short(self) -> str:
        return self.whole[:60]
