"""Where llama.cpp's sources come from: what the user names, else its tree on the package index."""

from __future__ import annotations

from envdoc.components.base import Context
from envdoc.components.places import INDEX, tree_of, tree_of_index
from envdoc.knowledge import llamacpp
from envdoc.model.builds import FetchTree

NAME = "llama.cpp"
PREBUILT = "prebuilt"
_HOLDS = ("CMakeLists.txt", "ggml/CMakeLists.txt", "src/llama.cpp")


def wished(context: Context) -> str:
    """What the user named with `--source llama.cpp=`, "" for nothing."""
    return of(context, NAME)


def of(context: Context, name: str) -> str:
    """The place named for a component; the package index is where they come from by themselves."""
    named = context.places.get(name, "")
    return "" if named == INDEX else named


def fetch(context: Context) -> FetchTree:
    """The step that provides the sources."""
    named = wished(context)
    return tree_of(NAME, named, _HOLDS) if named else of_index()


def of_index() -> FetchTree:
    """The tree inside of a source distribution on the package index."""
    row = llamacpp.load().sources[0]
    return tree_of_index(NAME, row, _HOLDS, row.inside)
