"""Logic of the packages' families."""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.match import flat
from envdoc.diagnose.needs import asker
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.model.finding import Severity
from envdoc.model.value import replace

_ERROR = re.compile(r"(?:Error|Exception|error|ERROR|failed|fatal)\b")


def torch_missing(match: Match, _case: Case) -> list[Match]:
    """Inside a build it is build isolation, which has its own rule."""
    around = flat(match.sighting.lines)
    inside = (
        "Getting requirements to build wheel",
        "Getting requirements to build editable",
        "pip-build-env",
        "get_requires_for_build_wheel",
        "no-build-isolation",
        "builds-v0",
        "Preparing metadata",
    )
    return (
        []
        if any(each in around for each in inside) or "torch." in match.sighting.line.text.partition("torch")[2][:1]
        else [match]
    )


def extension_abi(match: Match, _case: Case) -> list[Match]:
    """Which ABI the wheel was built for stands in the missing symbol. Whose it is says the file that lacks it."""
    symbol = match.captured.get("symbol", "")
    who = asker(match.sighting)
    if who is not None and who.package != "flash-attn":
        return []
    notes = match.notes
    if symbol.endswith("SourceLocationESs"):
        notes = (*notes, text("diagnose", "old-abi"))
    elif "cxx1112basic_string" in symbol:
        notes = (*notes, text("diagnose", "new-abi"))
    return [replace(match, notes=notes)]


def bnb_override(match: Match, _case: Case) -> list[Match]:
    """Only where the variable is in force, not where a message merely explains it."""
    line = match.sighting.line.text
    if "environment variable detected" in line or "digits only" in line:
        return [match]
    found = re.search(r"BNB_CUDA_VERSION=['\"]?\d", line)
    in_use = found and not re.search(r"export|set BNB|Set BNB|try|e\.g\.|to override|Please", line)
    return [match] if in_use and "loading" in line else []


def bnb_requires_latest(match: Match, case: Case) -> list[Match]:
    """With the reason if the log gives it."""
    if "torch.cuda.is_available() False" in case.facts.text or "CUDA available: False" in case.facts.text:
        return [replace(match, notes=(*match.notes, text("diagnose", "cuda-not-available")))]
    return [match]


def xformers(match: Match, _case: Case) -> list[Match]:
    """Where torch became a CPU build, torch is what must be mended."""
    have = match.captured.get("torch", "")
    if have.endswith("+cpu"):
        note = text("diagnose", "replaced-by-cpu", torch=have)
        return [replace(match, severity=Severity.ERROR, notes=(*match.notes, note))]
    return [match]


def triton_windows(match: Match, _case: Case) -> list[Match]:
    """An optional import that is told as a warning stays a warning or less; an ImportError at the end is one."""
    line = match.sighting.line.text
    if (
        ("equirement triton" in line and "from versions: none" not in line)
        or "for triton<" in line
        or "for triton=" in line
    ):
        return []
    if "matching Triton is not available" in line or "Error caught was" in line:
        return [replace(match, severity=Severity.INFO)]
    if (
        "No matching distribution" in line
        or "requirement triton" in line
        or re.search(r"(?:ModuleNotFound|Import)Error: No module", line)
    ):
        return [replace(match, severity=Severity.ERROR)]
    return [match]


_AIO_FAILS = ("Unable to pre-compile async_io", "libaio.h: No such file", "cannot find -laio")


def deepspeed_aio(match: Match, case: Case) -> list[Match]:
    """The warning alone is part of `ds_report` and of every import; with a failed build it is the cause."""
    if any(each in case.seen.sightings for each in _AIO_FAILS):
        return [match]
    return [replace(match, severity=Severity.INFO)]


def deepspeed_torch(match: Match, _case: Case) -> list[Match]:
    """The name must be torch's, and deepspeed the one that imports it."""
    line = match.sighting.line.text
    if "torch" not in line:
        return []
    nearby = flat(match.sighting.lines[max(0, match.sighting.at - 16) : match.sighting.at + 1])
    return [match] if "deepspeed" in nearby else []


# bounds that of all programs with these words only LLaMA-Factory has
_LF_BOUND = re.compile(r"(?:trl|peft|gradio|transformers)\b")


def lf_version(match: Match, case: Case) -> list[Match]:
    """transformers' own check of huggingface_hub and tokenizers has the same words."""
    around = flat(match.sighting.lines) + case.facts.text[-4000:]
    if not any(
        each in around
        for each in (
            "llamafactory",
            "LLaMA-Factory",
            "LLaMA Factory",
            "llmtuner",
            "DISABLE_VERSION_CHECK",
            "llama-factory",
            "llama_factory",
            "To fix",
        )
    ) and not _LF_BOUND.match(match.captured.get("wants", "")):
        return []
    if re.search(r"huggingface[-_]hub[<>=!]", match.captured.get("wants", "")) and "llamafactory" not in around:
        return []
    return [match]


FUNCTIONS: dict[str, Judge] = {
    "torch-missing": torch_missing,
    "extension-abi": extension_abi,
    "bnb-override": bnb_override,
    "bnb-requires-latest": bnb_requires_latest,
    "xformers": xformers,
    "triton-windows": triton_windows,
    "deepspeed-aio": deepspeed_aio,
    "deepspeed-torch": deepspeed_torch,
    "lf-version": lf_version,
}
