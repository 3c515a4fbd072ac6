"""Libraries that LD_LIBRARY_PATH puts before those of torch's wheels."""

from __future__ import annotations

import re

from envdoc.host.base import Host
from envdoc.model.machine import System
from envdoc.probe import paths

# What the nvidia wheels and torch itself bring, by the names that programs are linked to: `libcudnn.so.9`.
_BROUGHT = re.compile(
    r"lib(cublas|cublasLt|cuda|cudart|cudnn\w*|cufft|cufile|cupti|curand|cusolver|cusparse\w*|nccl|nvJitLink|nvrtc"
    r"|nvshmem_host|torch\w*|c10\w*)\.so(\.\d+)?"
)


def probe(host: Host) -> dict[str, tuple[str, ...]]:
    """Folder by folder, in the loader's order; folders without such libraries are left out."""
    if host.system is not System.LINUX:
        return {}
    folders = dict.fromkeys(each for each in host.environ.get("LD_LIBRARY_PATH", "").split(":") if each)
    found = {folder: _libraries(host, folder) for folder in folders}
    return {folder: names for folder, names in found.items() if names}


def _libraries(host: Host, folder: str) -> tuple[str, ...]:
    names = host.listdir(paths.expand(host, folder)).or_else(())
    return tuple(name for name in names if _BROUGHT.fullmatch(name))
