"""Logic of CUDA's families: the same text has different causes; GPU, torch and module path decide."""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.logic.needs import owner_of_library
from envdoc.diagnose.match import flat
from envdoc.diagnose.needs import asker
from envdoc.diagnose.remedies.builds import tables
from envdoc.diagnose.rules import load
from envdoc.diagnose.values import Match, Rule
from envdoc.findings import text
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Severity
from envdoc.model.value import replace
from envdoc.rules.coverage import covers
from envdoc.rules.torch_rows import row_of


def no_gpu_visible(match: Match, case: Case) -> list[Match]:
    """A CPU build is told as `torch-cpu-build`; a library's mere warning about libcuda is no failure of its own."""
    around = flat(match.sighting.lines)
    if "doesn't support bf16/gpu" in match.sighting.line.text and "+cpu" in case.facts.text:
        return []
    if "libcuda" in match.sighting.anchor and ("stream_executor" in around or "xla" in around):
        return []  # TensorFlow's banner
    if match.sighting.anchor in _MILD and not _failed(case):
        return [replace(match, severity=Severity.INFO)]
    return [match]


_MILD = (
    "no CUDA runtime is found",
    "No GPU detected! Check your CUDA paths",
    "NVIDIA Driver was not detected",
    "Found no NVIDIA driver on your system",
)


def _failed(case: Case) -> bool:
    """Whether the log tells of any failure at all."""
    return any(
        word in case.facts.text
        for word in ("Traceback (most recent call last)", "Error:", "ERROR", "error:", "Error ", "Exception:")
    )


def cpu_torch(match: Match, case: Case) -> list[Match]:
    """Not where the log says that the build is for AMD or that this is a Mac."""
    if case.facts.vendor in ("amd", "apple") or case.facts.system == "darwin":
        return []
    machine = case.context.machine
    notes = match.notes
    if machine is not None and machine.gpus.value == ():
        notes = (*notes, text("diagnose", "no-gpu-here"))
    return [replace(match, notes=notes)]


_BOUNDS = re.compile(r"\((\d{1,2}\.\d)\) - \((\d{1,2}\.\d)\)")


def _runs_all_the_same(case: Case) -> bool:
    """torch's warning is no proof: its code for 12.0 runs on 12.1. By the build's row, else by the bounds it prints:
    `Minimum and Maximum cuda capability supported by this version of PyTorch is (8.0) - (12.0)`."""
    known = case.known
    if not known.capabilities:
        return False
    row = row_of(known.torch, known.torch_cuda, known.system, known.arch, tables(case)) if known.torch else None
    if row is not None:
        listed = set(known.capabilities) <= set(row.sm)  # then torch did not say so, and the log is of another
        return not listed and all(covers(row.sm, each) for each in known.capabilities)
    bounds = _BOUNDS.search(case.facts.text)
    return bounds is not None and all(covers((bounds[2],), each) for each in known.capabilities)


def arch_not_in_torch(match: Match, case: Case) -> list[Match]:
    """torch is only to blame if its build really lacks the GPU, as far as both are known."""
    if case.facts.vendor == "amd":
        return []
    known, knowledge = case.known, tables(case)
    line = match.sighting.line.text
    says_it = any(each in line for each in _TORCH_SAYS)
    if says_it and _runs_all_the_same(case):
        return [replace(match, severity=Severity.INFO, words="log-harmless")]
    if says_it or not known.capabilities or not known.torch_cuda.startswith("cu"):
        return [match]
    row = row_of(known.torch, known.torch_cuda, known.system, known.arch, knowledge)
    if row is not None and all(covers(row.sm, c) for c in known.capabilities):
        return _of_extension(match, f"{known.torch}+{known.torch_cuda}")
    return [match]


def _of_extension(match: Match, build: str) -> list[Match]:
    """torch has code for the GPU: an extension lacks it, and its rule and remedy are meant."""
    rule = _rule("no-kernel-image")
    who = asker(match.sighting)
    named = {"extension": who.package, "package": who.package} if who and not who.torch_itself else {}
    captured = {**match.captured, **named, "build": build}
    return [replace(match, rule=rule, words="log-covered", captured=captured)]


_TORCH_SAYS = ("not compatible with the current PyTorch", "which is of c", "does not include kernels")


def arch_not_in_extension(match: Match, case: Case) -> list[Match]:
    """An extension is named near the failure; but where torch itself says that it lacks the GPU, torch is first."""
    if case.facts.vendor == "amd":
        return []
    of_torch = ("is not compatible with the current PyTorch installation", "does not include kernels for this GPU")
    if any(each in case.seen.sightings for each in of_torch):
        return []
    if _torch_lacks(case):
        return [replace(match, rule=_rule("gpu-not-in-torch-build"))]
    return [_of_bitsandbytes(match)]


_INDEX = re.compile(r"download\.pytorch\.org/whl/(?:nightly/)?(cu1\d\d)\b")


def _torch_lacks(case: Case) -> bool:
    """Whether no build of torch's CUDA variant has code for the GPU: then an extension is not the reason."""
    indexes = _INDEX.findall(case.facts.text)
    tag = case.known.torch_cuda or (indexes[-1] if indexes else "")
    rows = [row for row in tables(case).torch if row.cuda == tag]
    return bool(rows) and any(not any(covers(row.sm, c) for row in rows) for c in case.known.capabilities)


def _of_bitsandbytes(match: Match) -> Match:
    """bitsandbytes has a rule of its own, whose remedy is a release and no list of architectures for a compiler."""
    if match.captured.get("extension") != "bitsandbytes":
        return match
    return replace(match, rule=_rule("bitsandbytes-gpu-uncovered"))


def _rule(code: str) -> Rule:
    return next(rule for rule in load() if rule.code == code)


def flash_attn_ampere(match: Match, _case: Case) -> list[Match]:
    """The texts on dtypes and head sizes are no matter of the GPU's age."""
    if (
        "Ampere" in match.sighting.line.text
        or "ampere" in match.sighting.line.text
        or "Volta" in match.sighting.line.text
    ):
        return [match]
    return []


def oom(match: Match, case: Case) -> list[Match]:
    """Fragmentation is told apart by what is reserved but unallocated."""
    unused = match.captured.get("unused", "")
    wanted = match.captured.get("wanted", "")
    if (
        unused
        and wanted
        and _mib(unused) > 2 * _mib(wanted)
        and _mib(unused) > 1024
        and case.facts.system != "windows"
    ):
        note = text("diagnose", "reserved-unused", unused=unused)
        return [replace(match, notes=(*match.notes, note))]
    return [match]


def _mib(size: str) -> float:
    number, _, unit = size.partition(" ")
    scale = {"K": 1 / 1024, "M": 1.0, "G": 1024.0}
    try:
        return float(number) * scale.get(unit[:1], 1.0)
    except ValueError:
        return 0.0


def bf16(match: Match, case: Case) -> list[Match]:
    """transformers says it both for old cards and for no card at all."""
    known = case.known
    if "+cpu" in case.facts.text or "No CUDA GPUs are available" in case.facts.text:
        return []
    if known.capabilities and all(version_tuple(c) >= (8, 0) for c in known.capabilities):
        return []
    return [match]


def toolkit_missing(match: Match, case: Case) -> list[Match]:
    """On AMD nvcc is never going to be there; in a successful run the text is a mere warning."""
    if case.facts.vendor == "amd":
        return []
    if not _failed(case):
        return [replace(match, severity=Severity.INFO)]
    return [match]


def missing_cuda_library(match: Match, case: Case) -> list[Match]:
    """TensorFlow's banner and onnxruntime's fall-back go on; a flash-attn or torchvision frame is told there."""
    line = match.sighting.line.text
    if "dso_loader" in line or "Ignore above" in line or case.facts.vendor == "amd":
        return []
    library = match.captured.get("library", "")
    if library and case.known.torch_cuda.startswith("cu") and library.rpartition(".")[2].isdigit():
        major = library.rpartition(".")[2]
        if (
            library.startswith(("libcublas", "libcudart"))
            and major in ("11", "12", "13")
            and not case.known.torch_cuda.startswith(f"cu{major}")
        ):
            note = text("diagnose", "built-for-major", tag=case.known.torch_cuda, library=library, major=major)
            return [owner_of_library(replace(match, notes=(*match.notes, note)), case)]
    return [owner_of_library(match, case)]


def p2p_info(match: Match, _case: Case) -> list[Match]:
    """Only the lines that speak of a missing peer-to-peer."""
    line = match.sighting.line.text
    keep = any(each in line for each in ("disabled", "Could not enable P2P", "not supported", "DISABLE"))
    return [match] if keep else []


FUNCTIONS: dict[str, Judge] = {
    "no-gpu-visible": no_gpu_visible,
    "cpu-torch": cpu_torch,
    "arch-not-in-torch": arch_not_in_torch,
    "arch-not-in-extension": arch_not_in_extension,
    "flash-attn-ampere": flash_attn_ampere,
    "oom": oom,
    "bf16": bf16,
    "toolkit-missing": toolkit_missing,
    "missing-cuda-library": missing_cuda_library,
    "p2p-info": p2p_info,
}
