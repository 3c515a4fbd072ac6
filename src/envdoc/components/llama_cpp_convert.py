"""llama.cpp's scripts that turn a Hugging Face model into GGUF, with what they need in an environment of their own.

They pin torch and transformers exactly, and change their pins often: beside a training stack they would take it
apart. Nothing is compiled, so that they go anywhere; `llama.cpp` itself is another component.
"""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.llama import place
from envdoc.components.places import source_folder, tree_of
from envdoc.findings import text
from envdoc.model.builds import FetchTree, Origin, OwnEnvironment
from envdoc.model.value import replace

NAME = "llama.cpp-convert"
TITLE = "llama.cpp: convert models to GGUF"
PACKAGES: tuple[str, ...] = ()
FOLDERS = (NAME, f".envdoc/build/{NAME}")
PROOFS = ("llama-convert",)
DOCS = "https://github.com/ggml-org/llama.cpp/blob/master/docs/build.md"
USUAL = False

_SCRIPTS = ("convert_hf_to_gguf.py", "convert_lora_to_gguf.py")
_REQUIREMENTS = "requirements/requirements-convert_hf_to_gguf.txt"
# torch without CUDA, transformers and what they need, as measured with torch 2.11
_DOWNLOAD, _DISK = 300, 1600  # MiB


def candidates(context: Context) -> tuple[Candidate, ...]:
    """From the tree that llama.cpp itself would be built from, or from the user's own."""
    fetched = _fetch(context)
    own = OwnEnvironment(
        NAME,
        text("builds", "step-own", name=NAME),
        NAME,
        fetched.place if fetched.origin is Origin.FOLDER else fetched.into,
        _REQUIREMENTS,
        (*_SCRIPTS, "conversion", "gguf-py"),
        _SCRIPTS,
        NAME,
        download_mib=_DOWNLOAD,
        disk_mib=_DISK,
    )
    return (Candidate(text("builds", "from-sources", name=NAME), (), steps=(fetched, own)),)


def _fetch(context: Context) -> FetchTree:
    holds = (*_SCRIPTS, _REQUIREMENTS, "gguf-py/gguf/__init__.py")
    named = place.of(context, NAME) or place.wished(context)
    if named and not named.startswith(place.PREBUILT):
        return tree_of(NAME, named, holds)
    step = place.of_index()
    return replace(step, id=f"{NAME}-source", into=source_folder(NAME), holds=holds)
