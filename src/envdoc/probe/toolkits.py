"""CUDA toolkits: every one there is, at its true place, and which one a build would take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System, Toolkit, Toolkits
from envdoc.probe import paths, toolkit_guess
from envdoc.probe.toolkit_version import version_of

_WRAPPER_LIMIT = 4096  # a real nvcc has megabytes, a wrapper script a few lines


def probe(host: Host, prefix: str) -> Toolkits:
    """All toolkits; `prefix` is the judged environment, which may hold one by pip or conda."""
    return Toolkits(
        found=_found(host, prefix),
        torch_guess=toolkit_guess.torch_guess(host),
        cmake_guess=toolkit_guess.cmake_guess(host),
    )


def _found(host: Host, prefix: str) -> Fact[tuple[Toolkit, ...]]:
    ways: dict[str, list[str]] = {}
    nvccs: dict[str, str] = {}
    for way, nvcc in _candidates(host, prefix):
        true_nvcc = _true_nvcc(host, nvcc)
        root = paths.parent(host, paths.parent(host, true_nvcc))
        ways.setdefault(root, [])
        if way not in ways[root]:
            ways[root].append(way)
        nvccs.setdefault(root, true_nvcc)
    found = tuple(
        Toolkit(root, version_of(host, root, nvccs[root]), nvccs[root], tuple(ways[root]), _lacks(host, root))
        for root in ways
    )
    return known(found, "folders and variables") if found else missing(Why.ABSENT, "nvcc", "no toolkit found")


def _candidates(host: Host, prefix: str) -> Iterator[tuple[str, str]]:
    """Every nvcc with the way that led to it; only those that exist."""
    for way, nvcc in _named(host, prefix):
        if nvcc and paths.exists(host, nvcc):
            yield way, nvcc


def _named(host: Host, prefix: str) -> Iterator[tuple[str, str]]:
    yield "PATH", host.which("nvcc") or ""
    for variable in ("CUDA_HOME", "CUDA_PATH"):
        root = host.environ.get(variable, "").strip().strip('"')
        if root:
            yield variable, nvcc_of(host, root)
    for root in _standard_folders(host):
        yield "folder", nvcc_of(host, root)
    for root in pip_roots(host, prefix):
        yield "pip", nvcc_of(host, root)
    if prefix:
        conda = paths.join(host, prefix, "Library") if host.system is System.WINDOWS else prefix
        yield "conda", nvcc_of(host, conda)


def _lacks(host: Host, root: str) -> tuple[str, ...]:
    """Parts that a build links. Toolkits laid out from wheels may have neither; a wheel has no stub of libcuda."""
    windows = host.system is System.WINDOWS
    libraries = ("lib/x64/cuda.lib",) if windows else ("lib64/stubs/libcuda.so", "lib/stubs/libcuda.so")
    headers = (
        "include/cublas_v2.h",
        "targets/x86_64-linux/include/cublas_v2.h",
        "targets/sbsa-linux/include/cublas_v2.h",
    )
    parts = {"cublas": headers, "stubs": libraries}
    return tuple(
        part
        for part, files in parts.items()
        if not any(paths.exists(host, paths.join(host, root, *file.split("/"))) for file in files)
    )


def nvcc_of(host: Host, root: str) -> str:
    """Where a toolkit's compiler stands."""
    return paths.join(host, root, "bin", "nvcc.exe" if host.system is System.WINDOWS else "nvcc")


def _standard_folders(host: Host) -> Iterator[str]:
    if host.system is System.WINDOWS:
        programs = host.environ.get("ProgramFiles", r"C:\Program Files")
        base = paths.join(host, programs, "NVIDIA GPU Computing Toolkit", "CUDA")
        yield from (paths.join(host, base, name) for name in host.listdir(base).or_else(()) if name.startswith("v"))
        return
    for name in host.listdir("/usr/local").or_else(()):
        if name == "cuda" or name.startswith("cuda-"):
            yield f"/usr/local/{name}"
    yield from ("/opt/cuda", "/usr/lib/cuda", "/usr/lib/nvidia-cuda-toolkit", "/usr")


def pip_roots(host: Host, prefix: str) -> Iterator[str]:
    """Toolkits of wheels: `nvidia/cuda_nvcc` (CUDA 11 and 12), `nvidia/cu13` (from CUDA 13 on)."""
    from envdoc.probe.site import site_folders

    for folder in site_folders(host, prefix) if prefix else ():
        nvidia = paths.join(host, folder, "nvidia")
        for name in host.listdir(nvidia).or_else(()):
            if name == "cuda_nvcc" or re.fullmatch(r"cu\d\d", name):
                yield paths.join(host, nvidia, name)


def _true_nvcc(host: Host, nvcc: str) -> str:
    """Links resolved, and wrapper scripts followed: `exec /usr/local/cuda-13.0/bin/nvcc "$@"`."""
    real = host.realpath(nvcc)
    size = host.stat(real)
    if size.value is None or size.value.size > _WRAPPER_LIMIT:
        return real
    named = re.search(r"(/[^\s\"']+/bin/nvcc)\b", host.read(real).or_else(""))
    if named and paths.exists(host, named[1]) and named[1] != real:
        return host.realpath(named[1])
    return real
