"""Several GPUs without torchrun: the files of a small launcher, for the folder of a training.

On native Windows torchrun cannot start: it asks for a store by libuv, which these builds of torch lack, and no
variable changes that (measured on torch 2.8.0). Ranks that are told RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and
MASTER_PORT meet through `env://`, where USE_LIBUV=0 is heeded. `ranks.py` starts them, watches them and ends them
all together; with nothing but the standard library, by the environment's own Python. The scripts that start it are
`training.launch`'s.
"""

from __future__ import annotations

from importlib import resources

__all__ = ["files"]


def files() -> dict[str, str]:
    """What must lie beside the scripts: names and texts."""
    return {
        "ranks.py": _source("envdoc.training.launcher", "ranks.py"),
        "winjob.py": _source("envdoc.host", "winjob.py"),
    }


def _source(package: str, name: str) -> str:
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")
