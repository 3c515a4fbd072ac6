"""Which toolkit PyTorch's extension builder and CMake would take, by their own rules, right or wrong.

PyTorch's: `_find_cuda_home` in torch/utils/cpp_extension.py. It takes the folder two above the `nvcc` of PATH
without resolving links, so a wrapper in /usr/local/bin makes it `/usr/local`.
"""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System
from envdoc.probe import paths


def torch_guess(host: Host) -> Fact[str]:
    """CUDA_HOME as torch would guess it; `source` names the rule that gave it."""
    for variable in ("CUDA_HOME", "CUDA_PATH"):
        if host.environ.get(variable):
            return known(host.environ[variable], variable)
    nvcc = host.which("nvcc")
    if nvcc:
        return known(paths.parent(host, paths.parent(host, nvcc)), "nvcc on PATH")
    folder = _torch_folder(host)
    if folder and paths.exists(host, folder):
        return known(folder, "standard folder")
    return missing(Why.ABSENT, "torch's rules", "no CUDA_HOME, no nvcc on PATH, no standard folder")


def _torch_folder(host: Host) -> str:
    if host.system is not System.WINDOWS:
        return "/usr/local/cuda"
    base = paths.join(
        host, host.environ.get("ProgramFiles", r"C:\Program Files"), "NVIDIA GPU Computing Toolkit", "CUDA"
    )
    # torch takes the first folder that glob gives for `v*.*`
    names = [name for name in host.listdir(base).or_else(()) if name.startswith("v") and "." in name]
    return paths.join(host, base, names[0]) if names else ""


def cmake_guess(host: Host) -> Fact[str]:
    """The nvcc that CMake's `enable_language(CUDA)` would run; `source` names the rule."""
    named = host.environ.get("CUDACXX")
    if named:
        return known(named, "CUDACXX")
    nvcc = host.which("nvcc")
    if nvcc:
        return known(nvcc, "PATH")
    program = "nvcc.exe" if host.system is System.WINDOWS else "nvcc"
    for source, root in (("CUDA_PATH", host.environ.get("CUDA_PATH", "")), ("standard folder", "/usr/local/cuda")):
        nvcc = paths.join(host, root, "bin", program) if root else ""
        if nvcc and paths.exists(host, nvcc):
            return known(nvcc, source)
    return missing(Why.ABSENT, "CMake's rules", "no CUDACXX, no nvcc on PATH, no CUDA_PATH")
