"""A place that packages come from."""

from __future__ import annotations

from enum import StrEnum

from envdoc.model.value import dataclass


class SourceKind(StrEnum):
    PYTORCH = "pytorch"  # the PyTorch index, one folder a CUDA variant
    MIRROR = "mirror"  # a mirror of it
    PYPI = "pypi"  # the Python package index (or the user's mirror of it)
    LOCAL = "local"  # a folder of wheels
    URL = "url"  # another index that the user named


class SourceLayout(StrEnum):
    """How a source lists its files."""

    INDEX = "index"  # PEP 503 / 691: passed with --index-url
    LINKS = "links"  # one flat page or folder of files: passed with --find-links


@dataclass(frozen=True, slots=True)
class Source:
    """A place that packages come from. `url` may hold `{cuda}` (`cu128`), filled in by the resolver."""

    name: str  # "pytorch", "pypi", "mirror:nju", "local:/wheels", or the URL itself
    kind: SourceKind
    url: str
    layout: SourceLayout = SourceLayout.INDEX
