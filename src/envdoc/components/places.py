"""A place that the user names for a component's sources, as the step that provides them.

index                                 the source distribution of the package index
../llama.cpp                          a folder: used where it is
llama.cpp-b9000.tar.gz#sha256=…       an archive, here or at a URL, with its hash or without
https://github.com/ggml-org/llama.cpp#b9000      a git repository, at a tag or branch
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from envdoc.findings import text
from envdoc.model.builds import FetchTree, Origin

if TYPE_CHECKING:
    from envdoc.knowledge.buildrows import FlashSourceRow, LlamaSourceRow

INDEX = "index"  # named as a place: the source distribution of the package index

_ARCHIVE = re.compile(r"\.(zip|tar|tgz|tar\.(gz|xz|bz2))$", re.IGNORECASE)
_HASH = re.compile(r"#sha256=([0-9a-f]{64})$")


def tree_of(name: str, named: str, holds: tuple[str, ...], *, copied: bool = False) -> FetchTree:
    """The step for the sources of component `name`."""
    found = _HASH.search(named)
    place = named.partition("#sha256=")[0]
    origin, ref, sha256 = Origin.FOLDER, "", ""
    if _ARCHIVE.search(place):
        origin, sha256 = Origin.ARCHIVE, found[1] if found else ""
    elif "://" in place or place.startswith("git@"):
        place, _, ref = place.removeprefix("git+").partition("#")
        origin = Origin.GIT
    return FetchTree(
        f"{name}-source",
        text("builds", "step-sources", name=name),
        source_folder(name),
        origin,
        place,
        name,
        holds,
        sha256=sha256,
        ref=ref,
        copied=copied,
    )


def tree_of_index(
    name: str, row: LlamaSourceRow | FlashSourceRow, holds: tuple[str, ...], inside: str = ""
) -> FetchTree:
    """The step for a source distribution of the package index, or for the tree `inside` of it."""
    return FetchTree(
        f"{name}-source",
        text("builds", "step-sources-index", name=name),
        source_folder(name),
        Origin.INDEX,
        row.file,
        name,
        holds,
        sha256=row.sha256,
        inside=inside,
        download_mib=row.download_mib,
    )


def source_folder(name: str) -> str:
    """Where a component's sources lie in an environment."""
    return f".envdoc/build/{name}/source"
