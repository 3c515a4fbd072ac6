"""Compiled packages beside torch, told apart by their files and version tags. Nothing is imported.

One small reader a package; `READERS` is the registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from envdoc.host.base import Host
from envdoc.knowledge.wheelnames import built_for
from envdoc.model import jsontext
from envdoc.model.machine import ExtensionBuild, Package
from envdoc.probe import paths
from envdoc.rules import torch_file


def extensions(host: Host, found: tuple[Package, ...]) -> dict[str, ExtensionBuild]:
    """The build of each known extension that is installed, by package name; the first of duplicates."""
    builds: dict[str, ExtensionBuild] = {}
    for package in found:
        reader = READERS.get(package.name)
        if reader and package.name not in builds:
            builds[package.name] = reader(host, package, paths.parent(host, package.folder))
    return builds


def _names(host: Host, folder: str, start: str) -> tuple[str, ...]:
    """Compiled libraries of a folder whose names begin so."""
    ends = (".so", ".pyd", ".dll", ".dylib")
    return tuple(name for name in host.listdir(folder).or_else(()) if name.startswith(start) and name.endswith(ends))


def bitsandbytes(host: Host, package: Package, site: str) -> ExtensionBuild:
    """One library a CUDA version: `libbitsandbytes_cuda128.so`, `libbitsandbytes_cuda118.dll`."""
    libraries = _names(host, paths.join(host, site, "bitsandbytes"), "libbitsandbytes")
    digits = (re.match(r"libbitsandbytes_cuda(\d{2})(\d)", name) for name in libraries)
    cuda = tuple(f"{each[1]}.{each[2]}" for each in digits if each)
    return ExtensionBuild(package.name, package.version, libraries, cuda)


def flash_attn(host: Host, package: Package, site: str) -> ExtensionBuild:
    """flash-attn by its local version tag, its library's name and its WHEEL file."""
    start = "flash_attn_2_cuda" if package.name == "flash-attn" else "flash_attn_3"
    libraries = _names(host, site, start)
    if package.name != "flash-attn":
        libraries += _names(host, paths.join(host, site, "flash_attn_3"), "")
    tag = parse_flash_tag(package.version)
    python = _python_of(package.tag) or next((each for each in map(_python_in_name, libraries) if each), "")
    # Its cubins are compressed in a library of hundreds of megabytes: the release tells the architectures instead.
    return ExtensionBuild(package.name, package.version, libraries, tag[0], tag[1], python, tag[2])


def parse_flash_tag(version: str) -> tuple[tuple[str, ...], str, bool | None]:
    """CUDA versions, torch and C++ ABI of a version's local tag: `2.8.3+cu12torch2.7cxx11abiTRUE`."""
    built = built_for(version.partition("+")[2])
    return ((built.cuda,), built.torch, built.cxx11_abi) if built else ((), "", None)


def _python_of(tag: str) -> str:
    """`cp312` of `cp312-cp312-linux_x86_64`; "" for a wheel that serves any."""
    python = tag.split("-")[0]
    return python if re.fullmatch(r"cp3\d+", python) and "abi3" not in tag else ""


def _python_in_name(library: str) -> str:
    """`cp312` of `flash_attn_2_cuda.cpython-312-x86_64-linux-gnu.so` and of `x.cp312-win_amd64.pyd`."""
    found = re.search(r"\.c(?:python-|p)(3\d+)", library)
    return f"cp{found[1]}" if found else ""


def xformers(host: Host, package: Package, site: str) -> ExtensionBuild:
    """xformers writes what it was built with: `{"version": {"cuda": 1208, "torch": "2.7.0+cu128", …}, "env": …}`.

    The Python in it says who built it; whom it serves stands in the wheel's tag (`py39-none-…` from 0.0.34 on).
    """
    folder = paths.join(host, site, "xformers")
    told = _json(host, paths.join(host, folder, "cpp_lib.json"))
    version, environment = _dict(told, "version"), _dict(told, "env")
    cuda = version.get("cuda")
    return ExtensionBuild(
        name=package.name,
        version=package.version,
        libraries=_names(host, folder, "_C"),
        cuda=(f"{cuda // 100}.{cuda % 100}",) if isinstance(cuda, int) else (),
        torch=str(version.get("torch") or ""),
        python=_python_of(package.tag),
        arch_list=tuple(str(environment.get("TORCH_CUDA_ARCH_LIST") or "").replace(";", " ").split()),
    )


def _json(host: Host, path: str) -> dict[str, object]:
    try:
        told = jsontext.loads(host.read(path).or_else("{}"), any_number=True)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _dict(told: dict[str, object], name: str) -> dict[str, object]:
    part = told.get(name)
    return part if isinstance(part, dict) else {}


def with_version_py(host: Host, package: Package, site: str) -> ExtensionBuild:
    """torchvision and torchaudio: `__version__ = '0.23.0+cu128'` tells CUDA where the dist-info does not."""
    told = torch_file.values(host.read(paths.join(host, site, package.name, "version.py")).or_else(""))
    version = told.get("__version__") or package.version
    tag = re.search(r"\+cu(\d\d)(\d)", version)
    inner = "lib" if package.name == "torchaudio" else ""
    folder = paths.join(host, site, package.name, inner) if inner else paths.join(host, site, package.name)
    libraries = _names(host, folder, "" if inner else "_C")
    pinned = (re.match(r"torch\s*\(?==\s*([\d.]+)", line) for line in package.requires)
    torch = next((each[1] for each in pinned if each), "")
    python = _python_of(package.tag)
    return ExtensionBuild(package.name, version, libraries, (f"{tag[1]}.{tag[2]}",) if tag else (), torch, python)


def triton(host: Host, package: Package, site: str) -> ExtensionBuild:
    """Triton's own library: `triton/_C/libtriton.so`, `libtriton.pyd`."""
    libraries = _names(host, paths.join(host, site, "triton", "_C"), "libtriton")
    return ExtensionBuild(package.name, package.version, libraries, python=_python_of(package.tag))


def compiled(host: Host, package: Package, site: str) -> ExtensionBuild:
    """Packages with ops in a folder of their own name: what was compiled, and for which Python."""
    module = package.name.replace("-", "_")
    libraries = _names(host, paths.join(host, site, module), "")
    tag = parse_flash_tag(package.version)
    python = _python_of(package.tag) or next((each for each in map(_python_in_name, libraries) if each), "")
    return ExtensionBuild(package.name, package.version, libraries, tag[0], tag[1], python, tag[2])


READERS: dict[str, Callable[[Host, Package, str], ExtensionBuild]] = {
    "bitsandbytes": bitsandbytes,
    "bitsandbytes-windows": bitsandbytes,
    "flash-attn": flash_attn,
    "flash-attn-3": flash_attn,
    "torchaudio": with_version_py,
    "torchvision": with_version_py,
    "triton": triton,
    "triton-windows": triton,
    "xformers": xformers,
    "causal-conv1d": compiled,
    "mamba-ssm": compiled,
    "vllm": compiled,
}
