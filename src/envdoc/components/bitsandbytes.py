"""bitsandbytes: 8-bit optimizers, LLM.int8(), NF4 and FP4.

Its wheel carries one library a CUDA version and takes torch's: exactly before 0.50, any of the same major from
0.50 on (exact, else the highest below torch's, else the lowest above). The library must also hold code for the
GPU, which torch's own wheel says nothing about.
"""

from __future__ import annotations

from envdoc.components.base import Candidate, Context, Requirement
from envdoc.components.places import INDEX, source_folder, tree_of
from envdoc.components.rows import pinned, unlocked
from envdoc.components.toolchain import Chain, choose, cuda_flags, nvcc_compiler
from envdoc.findings import text
from envdoc.knowledge.rows import BitsandbytesRow
from envdoc.model.builds import CmakeBuild, FetchTree
from envdoc.model.cuda import cuda_of, version_tuple
from envdoc.model.machine import System
from envdoc.model.plan import InstallPackages, Step
from envdoc.model.specifiers import allows
from envdoc.rules.bitsandbytes import loaded
from envdoc.rules.coverage import covers

# 8-bit optimizers, NF4 and FP4: docs/source/installation.mdx of bitsandbytes, read 2026-11-24
_LEAST_CAPABILITY = "6.0"

# Requires-Dist of 0.50.2
_IMPORTS = {"numpy": ">=1.17", "packaging": ">=20.9"}

_HOLDS = ("CMakeLists.txt", "csrc/ops.cu", "bitsandbytes/__init__.py")

NAME = "bitsandbytes"
TITLE = "Quantisation (QLoRA) and 8-bit optimizers"
PACKAGES = ("bitsandbytes",)
FOLDERS = (f".envdoc/build/{NAME}",)
PROOFS = ("import:bitsandbytes",)
DOCS = "https://huggingface.co/docs/bitsandbytes/main/en/installation"


def candidates(context: Context) -> tuple[Candidate, ...]:
    """The locked release; without a lock the newest row of the table that fits. From sources where the user has some:
    the index has no source distribution since 0.42.0."""
    if NAME in context.places:
        return (built(context, context.places[NAME]),)
    version = context.lock.get(NAME, "")
    rows = [row for row in context.knowledge.bitsandbytes if not version or allows(row.versions, version)]
    judged = [_reasons(row, context) for row in rows]
    reasons: tuple[str, ...] = () if not judged or () in judged else judged[0]
    if version and not rows:
        reasons = (text("resolve", "bitsandbytes-unknown", version=version),)
    told = (
        text("resolve", "has-library", cuda=context.cuda)
        if context.cuda != "cpu"
        else text("resolve", "without-cuda")
    )
    return (
        Candidate(
            title=f"bitsandbytes {version}".strip(),
            requirements=pinned(context, NAME, why=told),
            reasons=unlocked(context, NAME) + (reasons or _too_old(context)),
        ),
    )


def built(context: Context, place: str) -> Candidate:
    """The library compiled for these GPUs alone, then the package around it, out of a tree that the user names."""
    if place == INDEX:
        return Candidate(f"{NAME} from {place}", (), (text("builds", "no-index-source", name=NAME),))
    choice = choose(NAME, context, needs=("cublas",), major=(cuda_of(context.cuda) or "").partition(".")[0])
    title = f"{NAME} from {place}"
    if choice.chain is None or not choice.chain.root:
        return Candidate(title, (), choice.reasons or (text("builds", "cpu-torch"),))
    chain, fetched = choice.chain, tree_of(NAME, place, _HOLDS, copied=True)
    library = f"bitsandbytes/libbitsandbytes_cuda{chain.release.replace('.', '')}"
    steps: tuple[Step, ...] = (fetched, *chain.steps, _library(chain, library, context), _package(fetched))
    return Candidate(title, _beside(context), steps=steps)


def _beside(context: Context) -> tuple[Requirement, ...]:
    """What its import needs beside torch: the package around the library is installed without what it asks for."""
    why = text("resolve", "imported-by", name=NAME)
    return tuple(Requirement(name, context.lock.get(name, least), why) for name, least in _IMPORTS.items())


def _library(chain: Chain, library: str, context: Context) -> CmakeBuild:
    capabilities = ";".join(gpu.replace(".", "") for gpu in context.gpus)
    suffix = ".dll" if context.system is System.WINDOWS else ".so"
    flags = ("-DCMAKE_BUILD_TYPE=Release", "-DCOMPUTE_BACKEND=cuda", f"-DCOMPUTE_CAPABILITY={capabilities}")
    return CmakeBuild(
        id=f"{NAME}-library",
        title=text("builds", "step-library", name=NAME),
        component=NAME,
        source=source_folder(NAME),
        flags=(*flags, *cuda_flags(chain, context)),
        targets=(NAME,),
        take=(f"{library}{suffix}",),
        makes=(f"{library}{suffix}",),
        into=f".envdoc/build/{NAME}/library",
        in_source=True,
        toolkit=chain.root,
        toolkit_version=chain.version,
        host_compiler=nvcc_compiler(context),
        jobs=context.builder.jobs,
        disk_mib=600,
    )


def _package(fetched: FetchTree) -> InstallPackages:
    return InstallPackages(
        f"{NAME}-package",
        text("builds", "step-install", name=NAME),
        (f"{NAME} @ {{env}}/{fetched.into}",),
        no_deps=True,
        allow_build=(NAME,),
        build_env={"BNB_SKIP_CMAKE": "1"},  # the library lies in the tree already
    )


def _too_old(context: Context) -> tuple[str, ...]:
    old = [gpu for gpu in context.gpus if version_tuple(gpu) < version_tuple(_LEAST_CAPABILITY)]
    return tuple(text("resolve", "bitsandbytes-capability", least=_LEAST_CAPABILITY, gpu=gpu) for gpu in old)


def _reasons(row: BitsandbytesRow, context: Context) -> tuple[str, ...]:
    name = f"bitsandbytes {context.lock.get(NAME) or row.versions}"
    reasons = []
    if version_tuple(context.torch) < version_tuple(row.torch_min):
        reasons.append(text("resolve", "needs-torch", name=name, torch=row.torch_min))
    if version_tuple(context.python) < version_tuple(row.python_min):
        reasons.append(text("resolve", "needs-python", name=name, python=row.python_min))
    if context.lock.get(NAME) in row.avoid:
        reasons.append(text("resolve", "known-bad", name=name))
    return (*reasons, *_cuda_reasons(row, context, name))


def _cuda_reasons(row: BitsandbytesRow, context: Context, name: str) -> tuple[str, ...]:
    cuda = cuda_of(context.cuda)
    if cuda is None:
        return ()
    loads = loaded(row.cuda, cuda, same_major=row.same_major_fallback)
    if not loads:
        return (text("resolve", "no-library", name=name, cuda=context.cuda),)
    built = row.sm.get(f"{context.system.value}-{context.arch}-{loads}")
    if built is None:  # the table does not know its code: nothing to hold against it
        return ()
    return tuple(
        text("resolve", "no-library-code", name=name, gpu=gpu, loads=loads)
        for gpu in sorted(set(context.gpus), key=version_tuple)
        if not covers(built, gpu)
    )
