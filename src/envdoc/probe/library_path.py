"""Libraries that LD_LIBRARY_PATH puts before those of torch's wheels."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, missing
from envdoc.model.machine import System
from envdoc.model.patterns import pattern
from envdoc.model.value import dataclass, field
from envdoc.probe import paths

# What the nvidia wheels and torch itself bring, by the names that programs are linked to: `libcudnn.so.9`.
_BROUGHT = pattern(
    r"lib(cublas|cublasLt|cuda|cudart|cudnn\w*|cufft|cufile|cupti|curand|cusolver|cusparse\w*|nccl|nvJitLink|nvrtc"
    r"|nvshmem_host|torch\w*|c10\w*)\.so(\.\d+)?"
)


@dataclass(frozen=True, slots=True)
class LibraryPath:
    """Libraries by folder, in the loader's order, and the folders that could not be read, each with its reason."""

    libraries: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unread: dict[str, Fact[bool]] = field(default_factory=dict)


def probe(host: Host) -> LibraryPath:
    """Folders without such libraries, and those that do not exist, are left out."""
    if host.system is not System.LINUX:
        return LibraryPath()
    libraries: dict[str, tuple[str, ...]] = {}
    unread: dict[str, Fact[bool]] = {}
    for folder in dict.fromkeys(each for each in host.environ.get("LD_LIBRARY_PATH", "").split(":") if each):
        names = host.listdir(paths.expand(host, folder))
        if names.value is None and names.why not in (Why.ABSENT, Why.UNSUPPORTED):
            unread[folder] = missing(names.why or Why.FAILED, names.source, names.detail, names.code)
        found = tuple(name for name in names.value or () if _BROUGHT.fullmatch(name))
        if found:
            libraries[folder] = found
    return LibraryPath(libraries, unread)
