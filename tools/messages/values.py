"""A message of a program's source, and what is decided of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

# A message speaks of the environment where one of these stands in it: hardware, drivers and toolkits, compilers and
# libraries, what is installed in which version, the system's own limits. All others are not looked at.
SPEAKS = re.compile(
    r"\b(?:cuda(?:_home|_path)?|cudnn|cublas|cudart|nvrtc|nvcc|ptxas|nccl|nvml|nvidia(?:-smi)?|gpu driver|driver|"
    r"compute capability|sm_?\d{2}|ampere|hopper|blackwell|volta|turing|pip install|conda install|not installed|"
    r"isn't installed|is not available|not available|please install|please upgrade|please update|upgrade to|"
    r"incompatible|"
    r"compiled with|compiled for|built with|built for|compiler|gcc|g\+\+|cl\.exe|msvc|visual studio|ninja|cmake|"
    r"glibc|libcuda|shared object|\.so\b|dll|libstdc|undefined symbol|abi|wheel|"
    r"out of memory|shared memory|/dev/shm|no space left|ulimit|permission denied|"
    r"windows|wsl|linux|python ?(?:>=|3\.\d|version)|cuda version|torch version|minimum version|"
    r"not supported on this (?:gpu|device|platform|system)|unsupported (?:gpu|architecture|platform|cuda))\b",
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
