"""The rules of CUDA's version words, as pure functions over strings."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def version_tuple(text: str) -> tuple[int, ...]:
    """`580.159.04` as (580, 159, 4); stops at the first part that is not a number."""
    parts = []
    for part in text.split("."):
        digits = re.match(r"\d+", part)
        if digits is None:
            break
        parts.append(int(digits[0]))
    return tuple(parts)


def tag_of(cuda: str | None) -> str:
    """`cu128` of `12.8`; `cpu` of None."""
    return "cpu" if cuda is None else "cu" + "".join(cuda.split(".")[:2])


def cuda_of(tag: str) -> str | None:
    """`12.8` of `cu128`; None of `cpu`."""
    return None if tag == "cpu" else f"{tag[2:-1]}.{tag[-1]}"


def capability_of(arch: str) -> str:
    """`12.0` of `sm_120`, `9.0` of `sm_90a`, `12.0` of `compute_120`."""
    digits = re.search(r"_(\d+)", arch)
    if digits is None:
        raise ValueError(f"not an architecture: {arch}")
    return f"{digits[1][:-1]}.{digits[1][-1]}"


def arch_of(capability: str) -> str:
    """`sm_120` of `12.0`."""
    return "sm_" + capability.replace(".", "")
