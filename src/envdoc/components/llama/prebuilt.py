"""llama.cpp out of a release's archive: for whom it has machine code, or PTX that this driver can compile.

PTX is outside of CUDA's minor-version compatibility: an H100 under driver 580 cannot take the archive of CUDA 13.4,
though "CUDA 13 needs 580" holds. Without the runtime archive the programs start and use the CPU: so both are taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.components.base import Candidate, Context
from envdoc.components.llama import place
from envdoc.knowledge import llamacpp
from envdoc.knowledge.rows import LlamaArchiveRow, LlamaReleaseRow
from envdoc.model.builds import FetchTree, Origin
from envdoc.model.cuda import tag_of, version_tuple
from envdoc.model.machine import System
from envdoc.rules import drivers
from envdoc.rules.coverage import by_ptx, covers

# The newest PTX in any archive is Hopper's. unsloth measured 7 against 551 tokens a second with it on an RTX 50.
_BLACKWELL = (10,)


def candidates(context: Context) -> tuple[Candidate, ...]:
    """One for each archive of the newest known release that is for this system, the newest CUDA first."""
    known = llamacpp.load()
    release = _release(known.releases, place.wished(context))
    rows = [row for row in known.archives if context.system.value in row.systems and context.arch in row.arches]
    rows = [row for row in rows if bool(row.cuda) == (context.cuda != "cpu")]
    rows.sort(key=lambda row: version_tuple(row.cuda), reverse=True)
    if not rows:
        told = f"no release archive of {place.NAME} is for {context.system.value} {context.arch} with {context.cuda}"
        return (Candidate(f"{place.NAME} prebuilt", (), (told,)),)
    return tuple(_candidate(row, release, context) for row in rows)


def _release(releases: tuple[LlamaReleaseRow, ...], wished: str) -> LlamaReleaseRow:
    """`prebuilt:b11462` names a release; archives of every release have the same names."""
    from envdoc.model.value import replace

    tag = wished.partition(":")[2] if wished.startswith(f"{place.PREBUILT}:") else ""
    return replace(releases[0], tag=tag) if tag else releases[0]


def _candidate(row: LlamaArchiveRow, release: LlamaReleaseRow, context: Context) -> Candidate:
    file = row.file.format(tag=release.tag)
    reasons = tuple(_reasons(row, file, context))
    if reasons:
        return Candidate(file, (), reasons)
    program = "llama-bench.exe" if context.system is System.WINDOWS else "llama-bench"
    runtime = row.runtime.format(tag=release.tag)
    step = FetchTree(
        place.NAME,
        f"Get {file}",
        f"{place.NAME}/bin",
        Origin.ARCHIVE,
        release.url.format(tag=release.tag, file=file),
        place.NAME,
        (program,),
        beside=((release.url.format(tag=release.tag, file=runtime), ""),) if runtime else (),
        record=place.NAME,
    )
    return Candidate(file, (), steps=(step,))


def _reasons(row: LlamaArchiveRow, file: str, context: Context) -> Iterator[str]:
    if row.glibc and context.glibc and version_tuple(context.glibc) < version_tuple(row.glibc):
        yield f"{file} was built with glibc {row.glibc}, this system has {context.glibc}"
    if not row.cuda:
        return
    least = drivers.too_old(context.driver, tag_of(row.cuda), context.knowledge)
    if least:
        yield f"{file} needs driver {least} or newer, this one is {context.driver.version}"
    for gpu in context.gpus:
        if not covers(row.sm, gpu):
            yield from _by_ptx(row, f"{file} has no machine code for compute capability {gpu}", gpu, context)


def _by_ptx(row: LlamaArchiveRow, lacks: str, gpu: str, context: Context) -> Iterator[str]:
    """What is against leaving it to the driver to compile the archive's PTX for a GPU."""
    if not by_ptx(row.ptx, gpu):
        yield lacks
    elif version_tuple(gpu) >= _BLACKWELL:
        yield f"{lacks}, only PTX of an older one, which is slow"
    else:
        compiles = drivers.compiles_ptx(context.driver, tag_of(row.cuda), context.knowledge)
        if compiles is None:
            yield f"{lacks}, only PTX, and it is not known whether this driver compiles it"
        elif not compiles:
            yield f"{lacks}, only PTX, which driver {context.driver.version} is too old to compile (CUDA {row.cuda})"
