"""A torch installation, read from its files. torch is never imported: a broken one still tells what it is."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import System, TorchBuild
from envdoc.probe import paths
from envdoc.probe.remember import NOTHING, Memory
from envdoc.rules import torch_file

# The flags that torch.cuda.get_arch_list() gives, as one zero-terminated string in the Python binding.
_ARCH_LIST = rb"sm_\d{2,3}[af]?(?: (?:sm|compute)_\d{2,3}[af]?)*\x00"
_VALID = 30 * 24 * 3600.0  # seconds
# c10::Error(SourceLocation, std::string) with the new and the old string type of libstdc++.
_NEW_ABI = rb"_ZN3c105ErrorC[12]ENS_14SourceLocationENSt7__cxx11"
_OLD_ABI = rb"_ZN3c105ErrorC[12]ENS_14SourceLocationESs"


def torch_build(host: Host, folders: tuple[str, ...], memory: Memory = NOTHING) -> Fact[TorchBuild]:
    """The first torch on the path, or ABSENT."""
    for folder in folders:
        root = paths.join(host, folder, "torch")
        text = host.read(paths.join(host, root, "version.py"))
        if text.known:
            return _build(host, root, text, memory)
    return missing(Why.ABSENT, "site-packages", "no torch/version.py")


def _build(host: Host, root: str, text: Fact[str], memory: Memory) -> Fact[TorchBuild]:
    told = torch_file.values(text.or_else(""))
    version = told.get("__version__")
    if not version:
        return missing(Why.FAILED, paths.join(host, root, "version.py"), "no version in it")
    cuda = told.get("cuda")
    return known(
        TorchBuild(
            version=version,
            cuda=cuda,
            arch_list=arch_list(host, root, memory) if cuda else missing(Why.UNSUPPORTED, "torch", "a CPU build"),
            cxx11_abi=cxx11_abi(host, root),
            hip=told.get("hip"),
            folder=root,
        ),
        "torch/version.py",
    )


def arch_list(host: Host, root: str, memory: Memory = NOTHING) -> Fact[tuple[str, ...]]:
    """The architectures that the build carries code for, as the compiler was told: `sm_75 sm_80 … sm_120`.

    The library has 27 MB, so the list is remembered for this very file (by size and time).
    """
    name = "torch_python.dll" if host.system is System.WINDOWS else "libtorch_python.so"
    path = paths.join(host, root, "lib", name)
    stat = host.stat(path).value
    key = f"architectures {path} {stat.size} {stat.mtime}" if stat else ""
    remembered = memory.get(key, seconds=_VALID) if key else None
    if remembered and isinstance(remembered[0], str):
        return known(tuple(remembered[0].split()), name)
    told = host.search(path, _ARCH_LIST)
    if not told.value:
        return missing(told.why or Why.ABSENT, name, told.detail or "no list of architectures in it", told.code)
    found = told.value[0].rstrip("\0")
    memory.put(key, found)
    return known(tuple(found.split()), name)


def cxx11_abi(host: Host, root: str) -> Fact[bool]:
    """Which std::string the build uses, by the name of a symbol in libc10."""
    if host.system is not System.LINUX:
        return missing(Why.UNSUPPORTED, "torch", "libstdc++ only")
    library = paths.join(host, root, "lib", "libc10.so")
    for pattern, value in ((_NEW_ABI, True), (_OLD_ABI, False)):
        if host.search(library, pattern).value:
            return known(value, "libc10.so")
    return missing(Why.ABSENT, "torch", "libc10.so does not tell")
