"""Which CUDA libraries this process has really loaded, and which of them are not the environment's own."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_NAMES = ("libcudnn", "libcublas", "libcublasLt", "libcusparse", "libcudart", "libnccl", "libnvrtc", "libcufft")


def loaded() -> list[str]:
    """Paths of the shared libraries of this process (Linux; [] elsewhere)."""
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        return []
    return sorted({line.split(maxsplit=5)[5] for line in lines if ".so" in line and len(line.split(maxsplit=5)) == 6})


def own_folders() -> list[Path]:
    """Where the environment's own CUDA libraries lie: the nvidia-* wheels and torch/lib."""
    folders = []
    for name in ("nvidia", "torch"):
        spec = importlib.util.find_spec(name)
        folders += [Path(folder).resolve() for folder in (spec.submodule_search_locations or []) if spec]  # type: ignore[union-attr]
    return folders


def foreign() -> list[tuple[str, str]]:
    """(library, path) of each loaded CUDA library that the environment has a copy of, but that is another file."""
    own = own_folders()
    files = {file.name.split(".so")[0] for folder in own for file in folder.glob("**/lib*.so*")}
    told = []
    for path in loaded():
        name = Path(path).name.split(".so")[0]
        known = any(name == each or name.startswith(each + "_") for each in _NAMES)
        if known and name in files and not any(folder in Path(path).resolve().parents for folder in own):
            told.append((name, path))
    return told
