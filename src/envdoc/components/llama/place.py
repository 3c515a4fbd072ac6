"""Where llama.cpp's sources come from: what the user names, else its tree on the package index."""

from __future__ import annotations

import re
from typing import Any

from envdoc.components.base import Context
from envdoc.knowledge import llamacpp
from envdoc.model.builds import FetchTree, Origin

NAME = "llama.cpp"
PREBUILT = "prebuilt"
SOURCE = ".envdoc/build/llama.cpp/source"
_HOLDS = ("CMakeLists.txt", "ggml/CMakeLists.txt", "src/llama.cpp")
_ARCHIVE = re.compile(r"\.(zip|tar|tgz|tar\.(gz|xz|bz2))$", re.IGNORECASE)
_HASH = re.compile(r"#sha256=([0-9a-f]{64})$")


def wished(context: Context) -> str:
    """What the user named with `--source llama.cpp=`, "" for nothing."""
    return context.places.get(NAME, "")


def fetch(context: Context) -> FetchTree:
    """The step that provides the sources."""
    named = wished(context)
    if not named:
        row = llamacpp.load().sources[0]
        return _step(
            f"Get the sources of {NAME} from the package index",
            Origin.INDEX,
            row.file,
            sha256=row.sha256,
            inside=row.inside,
            download_mib=row.download_mib,
        )
    found = _HASH.search(named)
    place = named.partition("#sha256=")[0]
    title = f"Get the sources of {NAME}"
    if _ARCHIVE.search(place):
        return _step(title, Origin.ARCHIVE, place, sha256=found[1] if found else "")
    if "://" in place or place.startswith("git@"):
        url, _, ref = place.partition("#")
        return _step(title, Origin.GIT, url.removeprefix("git+"), ref=ref)
    return _step(f"Look at the sources of {NAME}", Origin.FOLDER, place)


def _step(title: str, origin: Origin, place: str, **more: Any) -> FetchTree:
    return FetchTree(f"{NAME}-source", title, SOURCE, origin, place, NAME, _HOLDS, **more)
