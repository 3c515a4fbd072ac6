"""llama.cpp from sources: for the GPUs of this machine alone, what training needs of it, nothing downloaded."""

from __future__ import annotations

import posixpath

from envdoc.components.base import Candidate, Context
from envdoc.components.llama import place
from envdoc.components.toolchain import Chain, choose, cuda_flags, nvcc_compiler, placed
from envdoc.findings import text
from envdoc.model.builds import CmakeBuild, FetchTree, Origin
from envdoc.model.machine import System

TARGETS = ("llama-bench", "llama-cli", "llama-quantize", "llama-server")
# Its tests, examples and the Web UI, which its build would download, are not built.
_FLAGS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_UI=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF",
    "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON",
)
_DISK_CPU, _DISK_CUDA = 1500, 4000  # MiB: the tree, the build folder, the programs


def candidate(context: Context) -> Candidate:
    """Built here, or why nothing can be built."""
    choice = choose(place.NAME, context, needs=("cublas",))
    fetched = place.fetch(context)
    title = text("builds", "from-sources", name=place.NAME)
    if choice.chain is None:
        return Candidate(title, (), choice.reasons)
    if choice.chain.root:
        title = text("builds", "from-sources-for", name=place.NAME, gpus=", ".join(context.gpus))
    return Candidate(
        title,
        (),
        steps=(fetched, *choice.chain.steps, _build(choice.chain, fetched, context)),
        passed_over=((text("builds", "toolkit-for", name=place.NAME), choice.reasons),) if choice.reasons else (),
    )


def _build(chain: Chain, fetched: FetchTree, context: Context) -> CmakeBuild:
    own = fetched.origin is Origin.FOLDER
    return CmakeBuild(
        id=place.NAME,
        title=text("builds", "step-build", name=place.NAME),
        component=place.NAME,
        source=fetched.place if own else fetched.into,
        flags=(*_FLAGS, *(_cuda(chain, context) if chain.root else ("-DGGML_CUDA=OFF",)), *_rpath(chain, context)),
        targets=TARGETS,
        take=("bin/*", "bin/Release/*"),
        makes=tuple(f"bin/{name}" for name in TARGETS),
        into=place.NAME,
        toolkit=chain.root,
        toolkit_version=chain.version,
        host_compiler=nvcc_compiler(context) if chain.root else "",
        jobs=context.builder.jobs,
        disk_mib=_DISK_CUDA if chain.root else _DISK_CPU,
    )


def architectures(gpus: tuple[str, ...]) -> str:
    """`90-real;120a-real`: machine code alone, for these GPUs. llama.cpp's FP4 kernels need 12.x's own feature set,
    and it rewrites a plain 120 to 120a itself."""
    numbers = (gpu.replace(".", "") for gpu in gpus)
    return ";".join(f"{each}{'a' * (len(each) == 3 and each.startswith('12'))}-real" for each in numbers)


def _cuda(chain: Chain, context: Context) -> tuple[str, ...]:
    return (
        "-DGGML_CUDA=ON",
        f"-DCMAKE_CUDA_ARCHITECTURES={architectures(context.gpus)}",
        *cuda_flags(chain, context),
        # What calls the driver itself cannot be linked without a stub of libcuda, and not start without a driver.
        *(() if chain.stubs and context.driver.version else ("-DGGML_CUDA_NO_VMM=ON",)),
    )


def _rpath(chain: Chain, context: Context) -> tuple[str, ...]:
    """Programs find their libraries beside them, CUDA's where the toolkit is, and those of a compiler that is not the
    system's where it is: its libstdc++ may be newer than the system's."""
    if context.system is System.WINDOWS:
        return ()
    prefix = posixpath.dirname(posixpath.dirname(nvcc_compiler(context))) or "/usr"
    places = ["$ORIGIN", *([f"{placed(chain.root)}/lib64"] if chain.root else [])]
    places += [] if prefix in ("/usr", "/", "/usr/local") else [f"{prefix}/lib64", f"{prefix}/lib"]
    return (f"-DCMAKE_INSTALL_RPATH={';'.join(places)}",)
