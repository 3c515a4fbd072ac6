"""Names of flash-attn wheels, in every grammar in use.

flash_attn-2.8.3+cu12torch2.7cxx11abiTRUE-cp312-cp312-linux_x86_64.whl       official from 2.7 on: CUDA's major
flash_attn-2.6.3+cu123torch2.4cxx11abiFALSE-cp312-cp312-linux_x86_64.whl     official before
flash_attn-2.8.3+cu128torch2.8-cp313-cp313t-win_amd64.whl                    mjun0812: no ABI; free-threaded
flash_attn-2.8.3+cu128torch2.8.0cxx11abiFALSE-cp312-cp312-win_amd64.whl      kingbri1, lldacing: a full release
flash_attn-2.7.4.post1+cu129torch2.7.0-cp312-cp312-linux_x86_64.whl          loscrossos
flash_attn_3-3.0.0+cu128torch2.9gite2743ab-cp39-abi3-win_amd64.whl           mjun0812, FlashAttention 3
flash_attn_3-3.0.0b1+20251110.cu128torch280cxx11abitrue.c8abdd-cp39-abi3-linux_x86_64.whl     windreamer
"""

from __future__ import annotations

import re
from functools import lru_cache

from envdoc.model.patterns import pattern
from envdoc.model.value import dataclass

_NAME = pattern(
    r"(?P<project>flash_attn(?:_3)?)-(?P<version>\d[^+-]*)\+(?P<local>[\w.]+)"
    r"-(?P<python>cp3\d+)-(?P<abi>cp3\d+[mt]?|abi3)-(?P<platform>[\w.]+)\.whl\Z"
)
# Releases: "2.7", "2.7.0"; windreamer's digits "280" and "2110". The dist-info may spell capitals small.
_LOCAL = pattern(
    r"(?:\d{8}\.)?cu(?P<cuda>\d{2,3})\.?torch(?P<torch>\d+\.\d+(?:\.\d+)?|\d{3,4})"
    r"(?:\.?cxx11abi(?P<abi>true|false))?(?:git[0-9a-f]+|\.[0-9a-f]+)?\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Built:
    """What a local version tag says that a wheel was built for."""

    cuda: str  # "12.8"; "12" where the name tells the major only
    torch: str  # "2.7" or "2.7.0"
    cxx11_abi: bool | None  # None where the name does not tell


@dataclass(frozen=True, slots=True)
class WheelName:
    """A wheel's name in its parts; `file` puts them together again."""

    project: str  # "flash_attn", "flash_attn_3"
    version: str  # "2.8.3"
    local: str  # "cu128torch2.8"
    python: str  # "cp312"
    abi: str  # "cp312", "cp313t", "abi3"
    platform: str  # "linux_x86_64", "manylinux_2_24_x86_64.manylinux_2_28_x86_64"

    @property
    def file(self) -> str:
        return f"{self.project}-{self.version}+{self.local}-{self.python}-{self.abi}-{self.platform}.whl"

    @property
    def package(self) -> str:
        """The distribution's normalised name."""
        return self.project.replace("_", "-")


def parse(name: str) -> WheelName | None:
    """A file's name in its parts; None where no grammar reads it."""
    found = _NAME.match(name)
    return WheelName(**found.groupdict()) if found and built_for(found["local"]) else None


@lru_cache(maxsize=4096)
def built_for(local: str) -> Built | None:
    """What a local version tag says (`cu128torch2.8.0cxx11abiFALSE`); None where no grammar reads it."""
    found = _LOCAL.match(local)
    if found is None:
        return None
    digits, abi = found["cuda"], found["abi"]
    cuda = digits if len(digits) == 2 else f"{digits[:2]}.{digits[2]}"
    return Built(cuda, _release(found["torch"]), None if abi is None else abi.lower() == "true")


def _release(text: str) -> str:
    """`2.8.0` of `280`, `2.11.0` of `2110`; what has dots stays."""
    return text if "." in text else f"{text[0]}.{text[1:-1]}.{text[-1]}"
