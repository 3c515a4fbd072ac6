"""flash-attn compiled here for these GPUs alone: where the user names its source, and what it takes is there."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.components.base import Candidate, Context, Requirement
from envdoc.components.flash.choose import FA2
from envdoc.components.flash.judge import floor_reasons
from envdoc.components.places import INDEX, tree_of, tree_of_index
from envdoc.components.toolchain import Chain, choose, nvcc_compiler
from envdoc.findings import text
from envdoc.knowledge import flashwheels
from envdoc.knowledge.buildrows import FlashSourceRow
from envdoc.model.builds import BuildWheel, FetchTree
from envdoc.model.cuda import cuda_of, version_tuple
from envdoc.model.machine import System
from envdoc.model.plan import Step
from envdoc.rules.coverage import covers

_WORDS = "flash_attn"
_HOLDS = ("setup.py", "flash_attn/__init__.py", "csrc/flash_attn/flash_api.cpp")
_NEEDS = ("pip", "setuptools", "wheel", "packaging", "psutil", "ninja")


def candidate(context: Context, place: str) -> Candidate:
    """Built of `place` ("index": the package index's), or every reason why it cannot be."""
    row = flashwheels.load().sources[0]
    # torch's own headers ask for cuBLAS's
    major = (cuda_of(context.cuda) or "").partition(".")[0]
    choice = choose(FA2, context, needs=("cublas",), major=major, programs=())
    title = text("builds", "from-sources-for", name=FA2, gpus=", ".join(context.gpus))
    reasons = tuple(_reasons(context, row))
    if reasons or choice.chain is None or not choice.chain.root:
        told = (*reasons, *choice.reasons)
        return Candidate(title, (), told or (text("builds", "cpu-torch"),))
    fetched = _fetch(row, place)
    steps: tuple[Step, ...] = (fetched, *choice.chain.steps, _build(row, choice.chain, fetched, context))
    over = ((text("builds", "toolkit-for", name=FA2), choice.reasons),) if choice.reasons else ()
    return Candidate(title, beside(context), steps=steps, passed_over=over)


def beside(context: Context) -> tuple[Requirement, ...]:
    """What its import needs beside torch; its own pin of torch is left out of account."""
    return (Requirement("einops", context.lock.get("einops", ">=0.6"), text("resolve", "imported-by", name=FA2)),)


def architectures(row: FlashSourceRow, gpus: tuple[str, ...]) -> tuple[str, ...]:
    """What is compiled: the newest code that each GPU runs, each once; 8.0 serves an 8.9, nothing serves an 11.0."""
    newest = (max((sm for sm in row.sm if covers((sm,), gpu)), key=version_tuple, default="") for gpu in gpus)
    return tuple(sorted({each for each in newest if each}, key=version_tuple))


def jobs(row: FlashSourceRow, context: Context) -> int:
    """Compilers at a time, each with a thread for each architecture: as cores and memory allow."""
    threads = max(1, len(architectures(row, context.gpus)))
    memory = context.builder.memory_mib
    by_memory = memory // (row.thread_mib * threads) if memory else context.builder.cores // threads
    return max(1, min(context.builder.cores, by_memory))


def minutes(row: FlashSourceRow, context: Context) -> int:
    """How long it takes, about."""
    return row.core_minutes * len(architectures(row, context.gpus)) // jobs(row, context)


def _reasons(context: Context, row: FlashSourceRow) -> Iterator[str]:
    if context.system is not System.LINUX:
        yield text(_WORDS, "source-linux")
    yield from floor_reasons(FA2, context.gpus, flashwheels.load())
    for gpu in context.gpus:
        if version_tuple(gpu) >= version_tuple(row.sm[0]) and not covers(row.sm, gpu):
            yield text(_WORDS, "source-code", version=row.version, gpu=gpu, has=" ".join(row.sm))
    memory = context.builder.memory_mib
    if memory and memory < row.thread_mib:
        yield text(_WORDS, "source-memory", needed=row.thread_mib, free=memory)


def _fetch(row: FlashSourceRow, place: str) -> FetchTree:
    return tree_of_index(FA2, row, _HOLDS) if place == INDEX else tree_of(FA2, place, _HOLDS, copied=True)


def _build(row: FlashSourceRow, chain: Chain, fetched: FetchTree, context: Context) -> BuildWheel:
    archs = architectures(row, context.gpus)
    told = {"gpus": ", ".join(context.gpus), "minutes": minutes(row, context), "jobs": jobs(row, context)}
    variables = {
        "FLASH_ATTENTION_FORCE_BUILD": "TRUE",  # else it asks GitHub for a wheel, whatever the GPU
        "FLASH_ATTN_CUDA_ARCHS": ";".join(each.replace(".", "") for each in archs),
        "NVCC_THREADS": str(len(archs)),
    }
    if chain.steps:  # the headers of torch's own CUDA libraries, which the index's toolkit is without
        site = f"{{env}}/lib/python{context.python}/site-packages"
        variables["CPATH"] = f"{site}/nvidia/cu{chain.release.partition('.')[0]}/include"
    return BuildWheel(
        FA2,
        text(_WORDS, "step-source", **told),
        FA2,
        fetched.into,
        _NEEDS,
        variables,
        toolkit=chain.root,
        toolkit_version=chain.version,
        host_compiler=nvcc_compiler(context),
        jobs=jobs(row, context),
        disk_mib=row.disk_mib,
    )
