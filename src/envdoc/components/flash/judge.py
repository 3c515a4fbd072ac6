"""One wheel against one target: every condition that fails, each in a sentence."""

from __future__ import annotations

from functools import lru_cache

from envdoc.components.flash.target import Target, line_of, usual_abi
from envdoc.findings import text
from envdoc.knowledge.flashwheels import Flash, Wheel
from envdoc.knowledge.rows import FlashCodeRow, FlashFloorRow
from envdoc.knowledge.tables import Knowledge
from envdoc.knowledge.wheelnames import Built
from envdoc.model.cuda import version_tuple
from envdoc.model.machine import System
from envdoc.model.patterns import pattern
from envdoc.model.specifiers import allows
from envdoc.model.value import dataclass
from envdoc.rules.coverage import covers

_WORDS = "flash_attn"
_MANYLINUX = pattern(r"manylinux_(\d+)_(\d+)_")


@dataclass(frozen=True, slots=True)
class Judged:
    """A wheel with what is against it; nothing: it fits. `reused`: built for another torch, measured to work."""

    wheel: Wheel
    reasons: tuple[str, ...]
    reused: bool = False


def judge(wheel: Wheel, target: Target, flash: Flash, knowledge: Knowledge) -> Judged:
    """All conditions, in the order in which people look at a file's name."""
    against_torch, reused = torch_reason(wheel.built.torch, wheel.collection, target, flash)
    told = (
        against_torch,
        cuda_reason(wheel.built, target),
        abi_reason(wheel.built, target, knowledge),
        python_reason(wheel.name.python, wheel.name.abi, target),
        _glibc_reason(wheel, target, flash),
        *code_reasons(wheel, target, flash),
    )
    return Judged(wheel, tuple(each for each in told if each), reused)


def torch_reason(built: str, collection: str | None, target: Target, flash: Flash) -> tuple[str, bool]:
    """A name tells a release line, or a full release, which then must be the very one; else a pair was measured.
    Of an installed wheel nobody knows the collection (None)."""
    parts = len(version_tuple(built))
    if version_tuple(target.torch)[:parts] == version_tuple(built):
        return "", False
    rows = [row for row in flash.reuse if (row.torch, row.built) == (target.line, line_of(built))]
    if any(target.system.value in row.systems and collection in (None, *row.collections) for row in rows):
        return "", True
    return text(_WORDS, "torch", built=built, have=target.torch), False


def cuda_reason(built: Built, target: Target) -> str:
    """CUDA's major is in the names of the libraries that it loads."""
    if not target.cuda:
        return text(_WORDS, "cpu-torch", built=built.cuda)
    if version_tuple(built.cuda)[:1] == version_tuple(target.cuda)[:1]:
        return ""
    return text(_WORDS, "cuda", built=built.cuda, have=target.cuda)


def abi_reason(built: Built, target: Target, knowledge: Knowledge) -> str:
    """The C++11 ABI, on Linux. A name without it was built against PyTorch's own torch for that CUDA version."""
    if target.system is not System.LINUX:
        return ""
    theirs = built.cxx11_abi
    if theirs is None:
        theirs = usual_abi(built.torch, built.cuda, target.arch, knowledge)
    if theirs is None or target.cxx11_abi is None:
        # the same release for the same CUDA is the same build, whatever its ABI
        same = (line_of(built.torch), built.cuda) == (target.line, target.cuda) and built.cxx11_abi is None
        return "" if same else text(_WORDS, "abi-unknown")
    if theirs == target.cxx11_abi:
        return ""
    return text(_WORDS, "abi", built=str(theirs).upper(), have=str(target.cxx11_abi).upper())


def python_reason(python: str, abi: str, target: Target) -> str:
    """`cp312` is for one minor, `cp39-abi3` for it and later ones, `cp313t` for a free-threaded build."""
    if python_fits(python, abi, target):
        return ""
    have = "cp" + target.python.replace(".", "") + ("t" if target.free_threaded else "")
    return text(_WORDS, "python", built=python if abi == "abi3" else abi, have=have)


def python_fits(python: str, abi: str, target: Target) -> bool:
    have = "cp" + target.python.replace(".", "")
    if abi == "abi3":
        return int(python[3:]) <= int(have[3:]) and not target.free_threaded
    return python == have and abi == have + ("t" if target.free_threaded else "")


def _glibc_reason(wheel: Wheel, target: Target, flash: Flash) -> str:
    if target.system is not System.LINUX or not target.glibc:
        return ""
    floors = [".".join(each) for each in _MANYLINUX.findall(wheel.name.platform)]
    least = min(floors, key=version_tuple, default=flash.collection(wheel.collection).glibc)
    if not least or version_tuple(target.glibc) >= version_tuple(least):
        return ""
    return text(_WORDS, "glibc", built=least, have=target.glibc)


def code_reasons(wheel: Wheel, target: Target, flash: Flash) -> tuple[str, ...]:
    """GPUs that the wheel has no machine code for."""
    row, toolkit = code_of(wheel.package, wheel.name.version, wheel.built.cuda, flash, wheel.collection)
    if row is None:
        return (text(_WORDS, "code-unknown"),) if target.gpus else ()
    return tuple(
        text(_WORDS, "code", version=wheel.name.version, toolkit=toolkit, gpu=gpu, has=" ".join(row.sm))
        for gpu in target.gpus
        if not covers(row.sm, gpu)
    )


@lru_cache(maxsize=4096)
def code_of(
    package: str, version: str, cuda: str, flash: Flash, collection: str = ""
) -> tuple[FlashCodeRow | None, str]:
    """What a build for a CUDA version ("12.8", or its major alone) holds, and the toolkit that it was made with."""
    for row in flash.code:
        toolkit = cuda if "." in cuda else row.toolkit
        mine = row.package == package and (not row.collections or collection in row.collections)
        same_major = toolkit.partition(".")[0] == cuda.partition(".")[0]
        if mine and same_major and allows(row.versions, version) and allows(row.cuda, toolkit):
            return row, toolkit
    return None, ""


def floor_reasons(package: str, gpus: tuple[str, ...], flash: Flash) -> tuple[str, ...]:
    """GPUs that no build of this generation runs on."""
    row = next(each for each in flash.floors if each.package == package)
    return tuple(_floor(row, gpu) for gpu in gpus if not _runs(row, gpu))


def _runs(row: FlashFloorRow, gpu: str) -> bool:
    if row.least:
        return version_tuple(gpu) >= version_tuple(row.least)
    return gpu.partition(".")[0] in row.majors


def _floor(row: FlashFloorRow, gpu: str) -> str:
    if row.least:
        return text(_WORDS, "floor", title=row.title, least=row.least, gpu=gpu)
    return text(_WORDS, "majors", title=row.title, majors=", ".join(f"{each}.x" for each in row.majors), gpu=gpu)
