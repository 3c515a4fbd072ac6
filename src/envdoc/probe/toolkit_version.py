"""A CUDA toolkit's version, from its files where they tell it; nvcc itself is started only as the last resort."""

from __future__ import annotations

import re

from envdoc.host.base import Host
from envdoc.model import jsontext
from envdoc.probe import paths

_TIMEOUT = 5.0


def version_of(host: Host, root: str, nvcc: str) -> str:
    """`13.0.88`: nvcc's own version, not the toolkit's package; "" where nothing tells."""
    told = _version_json(host, root) or _dist_info(host, root) or _version_txt(host, root)
    if told:
        return told
    return parse_nvcc(host.run((nvcc, "--version"), timeout=_TIMEOUT).stdout)


def parse_nvcc(text: str) -> str:
    """`Cuda compilation tools, release 13.0, V13.0.88`."""
    found = re.search(r"\brelease [\d.]+, V([\d.]+)", text)
    return found[1] if found else ""


def _version_json(host: Host, root: str) -> str:
    """From CUDA 11.1 on: `{"cuda_nvcc": {"name": "CUDA NVCC", "version": "12.8.93"}, …}`."""
    text = host.read(paths.join(host, root, "version.json"))
    try:
        told = jsontext.table(text.or_else("{}"))
        return str(told.get("cuda_nvcc", told.get("cuda", {})).get("version", ""))
    except (ValueError, AttributeError):
        return ""


def _dist_info(host: Host, root: str) -> str:
    """Toolkits laid out from NVIDIA's wheels keep `nvidia_cuda_nvcc-13.0.88.dist-info` in or beside them."""
    beside = paths.parent(host, paths.parent(host, root))
    for folder in (paths.join(host, root, "dist-info"), beside):
        if not root.endswith("dist-info") and ("nvidia" in root or folder.endswith("dist-info")):
            for name in host.listdir(folder).or_else(()):
                found = re.fullmatch(r"nvidia_cuda_nvcc(?:_cu\d\d)?-([\d.]+)\.dist-info", name)
                if found:
                    return found[1]
    return ""


def _version_txt(host: Host, root: str) -> str:
    """Up to CUDA 11.0: `CUDA Version 10.2.89`."""
    found = re.match(r"CUDA Version ([\d.]+)", host.read(paths.join(host, root, "version.txt")).or_else(""))
    return found[1] if found else ""
