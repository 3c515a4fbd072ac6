"""torch/version.py, read without running it. Nobody else reads it."""

from __future__ import annotations

import re

from envdoc.model.patterns import pattern

_LINE = pattern(r"^(\w+)(?:\s*:\s*[^=\n]+)?\s*=\s*(None|'[^'\n]*'|\"[^\"\n]*\")", re.MULTILINE)
_VARIANT = pattern(r"cpu|cu\d{2,3}|rocm[\d.]+|xpu")


def values(text: str) -> dict[str, str | None]:
    """`__version__ = '2.8.0+cu128'`, `cuda: Optional[str] = '12.8'`, `cuda = "11.8"`, `hip: Optional[str] = None`.

    An empty text in quotes says as little as None.
    """
    return {name: None if value == "None" else value[1:-1] or None for name, value in _LINE.findall(text)}


def variant(version: str) -> str:
    """The CUDA variant in a version's local tag: `cu128` of `2.8.0+cu128`, `cpu` of `2.8.0+cpu`.

    "" without a tag, and for a tag that is none: NVIDIA's containers and builds from source carry a git hash
    (`2.8.0a0+34c6371d24.nv25.08`, `0.23.0a0+428a54c9`).
    """
    tag = version.partition("+")[2]
    return tag if _VARIANT.fullmatch(tag) else ""


def from_source(version: str) -> bool:
    """Whether a version is of a build of one's own or of a container: `2.8.0a0+34c6371d24.nv25.08`."""
    public, plus, _ = version.partition("+")
    return bool(plus) and (not variant(version) or "a0" in public)


def public(version: str) -> str:
    """`2.8.0` of `2.8.0+cu128`."""
    return version.partition("+")[0]


def line(version: str) -> str:
    """The release line: `2.8` of `2.8.0+cu128`."""
    return ".".join(public(version).split(".")[:2])
