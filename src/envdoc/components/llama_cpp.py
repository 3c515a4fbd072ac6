"""llama.cpp: converted models run, measured and quantized, by programs that are sure to use the GPU.

It is no Python package: it is built from its sources for this machine's GPUs, or taken from a release's archive. Its
programs lie in `llama.cpp/bin` of the environment.
"""

from __future__ import annotations

from envdoc.components.base import Candidate, Context
from envdoc.components.llama import build, place, prebuilt

NAME = place.NAME
TITLE = "llama.cpp: run, measure and quantize GGUF models"
PACKAGES: tuple[str, ...] = ()
FOLDERS = (NAME, f".envdoc/build/{NAME}")
PROOFS = ("llama-bench", "llama-bench-cpu")
DOCS = "https://github.com/ggml-org/llama.cpp/blob/master/docs/build.md"


def candidates(context: Context) -> tuple[Candidate, ...]:
    """From sources, then the archives; where the user says from where, that way alone."""
    wished = place.wished(context)
    if wished.partition(":")[0] == place.PREBUILT:
        return prebuilt.candidates(context)
    built = build.candidate(context)
    return (built,) if wished else (built, *prebuilt.candidates(context))
