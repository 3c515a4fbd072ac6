"""What a program itself says it lacks: a package, a newer release of one, a GPU that can more.

Only where an error says it: the same words in a warning or in a hint tell of something that goes on without.
"""

from __future__ import annotations

import re

from envdoc.diagnose.clean import without_prefix
from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.match import flat
from envdoc.diagnose.values import Advice, Match
from envdoc.knowledge import extensions, modules
from envdoc.model.value import replace

_ERROR = re.compile(r"(?<![A-Za-z])(?:[A-Z]\w{2,40}(?:Error|Exception|NotFound)|Exception|error)\s*:")
_BEFORE = 2  # lines of a message before the one with the anchor
_NAME = r"[`'\"]?([A-Za-z][\w.-]{1,40}?(?:\[[\w,-]{1,30}\])?)"
_WANTED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:pip3?|uv pip) install(?: -{1,2}[\w-]{1,20}){0,4} [`'\"]?git\+https?://[\w./-]{1,80}/"
        r"([\w-]{2,40})(?:\.git|[@)'\"]|\s|$)",
        r"(?:pip3?|uv pip) install(?: -{1,2}[\w-]{1,20})* " + _NAME + r"(?=[`'\"\s<>=!~.,)]|$)",
        _NAME + r"[`'\"]?(?: package| library)? (?:is|are|was) (?:not (?:been )?installed|required)",
        r"requires? (?:the )?"
        + _NAME
        + r"[`'\"]?(?: package| library| module)?,? (?:to be installed|which is not installed)",
        _NAME + r"[`'\"]? with minimum required version \S{1,20} is not installed",
        _NAME + r"[`'\"]? (?:\w{2,20} )?backend is not (?:available|installed)",
        _NAME + r"[`'\"]? (?:\w{2,20} )?module not found",
        _NAME + r"'? (?:[\w-]{2,20} ){0,2}plugin but it is not installed",
        r"install the (?:required|latest version of) " + _NAME + r"(?= |$)",
        r"(?i:please install)(?:/check)?(?: the| an?| required)? " + _NAME + r"(?=[`'\"\s<>=!~.,)]|$)",
        r"needs " + _NAME + r"[`'\"]?, which is not installed",
        _NAME + r"[`'\"]? is not available[.,]? (?i:please install)",
        _NAME + r"[`'\"]? (?:was selected|backend), but it is not installed",
        _NAME + r"[`'\"]? needs to be installed",
        r"requires (?:package|version) " + _NAME,
        _NAME + r" is enabled, but not installed",
        r"but " + _NAME + r" (?:is |was )?not installed",
        r"need to install " + _NAME,
        r"due to " + _NAME + r" not being installed",
    )
)
_NEWER = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?i:please (?:upgrade|update)) (?:to )?(?:your )?" + _NAME + r"(?=[`'\"\s<>=!~.,)]|$)",
        r"needs a newer " + _NAME + r"(?=[`'\"\s.,]|$)",
        r"[Yy]our " + _NAME + r" version",
        r"(?:requires?|needs?) " + _NAME + r" ?>=",
        _NAME + r" version must be",
        r"[Ii]nstalled " + _NAME + r" version too old",
        r"[Rr]equires (?:a )?" + _NAME + r" version",
        r"Current " + _NAME + r" version does not have",
        _NAME + r"[`'\"]? is installed with version \S{1,30}, which is less than",
        r"requires " + _NAME + r"'s [\w.]{3,80} module",
        r"[.;] Upgrade " + _NAME + r"(?=[`'\"\s<>=!~.,)]|$)",
        r"Install an? " + _NAME + r" build containing",
    )
)
_VERBS = {
    "require", "Requires SM", "needs ", "only supported", "only supports", "not supported on", "supports only",
    "does not support", "does not yet support",
}  # fmt: skip
_GPU = r"(?:(?:SM|sm_?)[ >=]{0,3}1?\d[\dxX]|(?i:blackwell|hopper|ampere))"
# `MXFP4 Marlin requires SM90 or SM120` and `SM120 forward only supports num_splits=1`
_SM = re.compile(
    r"(?:[Rr]equires?|needs|only supported|only supports|not supported on|supports only)\b[^;]{0,60}?\b"
    + _GPU
    + r"|\bSM1?\d[\dxX]/?[^.;]{0,80}? (?:only supports|supports only|does not (?:yet )?support)\b"
    + r"|on consumer Blackwell|does not support [^;]{0,60}?\b(?:on (?:non-)?(?i:blackwell|hopper)|use Blackwell)"
)
_NO_PACKAGE = {
    "it", "the", "a", "this", "them", "your", "one", "with", "from", "and", "to", "is", "version", "cuda",
    "appropriate", "backend", "build", "correct", "engine", "latest", "model", "package", "plugin", "required",
    "source", "vendor", "which",
}  # fmt: skip
# what programs call a package whose name at pip is another
_PIP_NAMES = {
    "flash-attention": "flash-attn", "flash-attention-2": "flash-attn", "mooncake": "mooncake-transfer-engine",
}  # fmt: skip
_CHOSEN, _NONE = Advice({"any": ("envdoc resolve", "envdoc check")}), Advice({"any": ("envdoc check",)})
_TORCH = {"torch", "pytorch", "torchvision", "torchaudio"}


def wanted(match: Match, _case: Case) -> list[Match]:
    """`ImportError: Using 4-bit quantization requires bitsandbytes: `pip install -U bitsandbytes>=0.46.1``."""
    return _told(match, _WANTED)


def newer(match: Match, _case: Case) -> list[Match]:
    """`ImportError: Unsloth: Your transformers version of 4.40 does not support Qwen3. The minimum …`."""
    found = _told(match, _NEWER)
    if found and found[0].captured["package"].lower() in ("torch", "pytorch"):
        return _torch_newer(found[0])
    return found


def capability(match: Match, _case: Case) -> list[Match]:
    """`ValueError: FP8 quantized models is only supported on GPUs with compute capability >= 8.9`."""
    verb = match.sighting.anchor in _VERBS  # which alone say nothing: `MXFP4 Marlin requires SM90 or SM120.`
    if not is_error(match) or (verb and not any(_SM.search(text) for text in _wrapped(match))):
        return []
    return [replace(match, words="log-named") if verb else match]


def _wrapped(match: Match) -> tuple[str, str]:
    """The anchor's line, and with what it may go on with in the next: a terminal cuts words, and drops no blank."""
    first, *more = (without_prefix(line.text) for line in match.sighting.lines[match.sighting.at :][:2])
    return first, first + "".join(more)


def no_gpu(match: Match, _case: Case) -> list[Match]:
    """`RuntimeError: Cuda is not available.`"""
    return [match] if is_error(match) else []


def _torch_newer(match: Match) -> list[Match]:
    """torch is chosen for a machine, never upgraded by itself: that could bring a build for another CUDA, or none."""
    return [replace(match, rule=replace(match.rule, advice=_CHOSEN), captured={**match.captured, "package": "torch"})]


def _told(match: Match, patterns: tuple[re.Pattern[str], ...]) -> list[Match]:
    if not is_error(match):
        return []
    text = flat(match.sighting.lines[match.sighting.at : match.sighting.at + 3])
    for found in (found for pattern in patterns for found in pattern.finditer(text)):
        name = found[1].rstrip(".-")
        older = patterns is _WANTED and _is_older(name, text)
        if name.lower() not in _NO_PACKAGE and not name.endswith("Error") and not older:
            return [_named(match, name, text)]
    return []


def _is_older(name: str, text: str) -> bool:
    """Whether a package is there in a release that is not wanted: `requires transformers>=4.58 or install from …`."""
    return bool(re.search(rf"requires? {re.escape(name)} ?[<>=~]", text)) and "to be installed" not in text


def _named(match: Match, name: str, text: str) -> Match:
    """With pip's name of what is wanted; where nothing tells it, no command: at an index it may be anybody's."""
    known = pip_name(name)
    said = re.search(r"pip3? install [^;]{0,80}?(?<![\w./-])" + re.escape(name), text)
    told = replace(match, captured={**match.captured, "package": known or name})
    if name.lower() in _TORCH:
        return replace(told, rule=replace(match.rule, advice=_CHOSEN))
    return told if known or said else replace(told, rule=replace(match.rule, advice=_NONE))


def pip_name(name: str) -> str:
    """What pip calls a package that a program names; "" where no table knows it."""
    plain = name.lower().replace("_", "-")
    tops = {module.lower().replace("_", "-"): package for module, package in modules.packages().items()}
    named = _PIP_NAMES.get(plain) or tops.get(plain)
    row = extensions.of_module(plain.replace("-", "_"))
    return named or (row.package if row else "") or (plain if plain in tops.values() else "")


def is_error(match: Match) -> bool:
    first = max(0, match.sighting.at - _BEFORE)
    return any(_ERROR.search(line.text) for line in match.sighting.lines[first : match.sighting.at + 1])


FUNCTIONS: dict[str, Judge] = {
    "wanted-package": wanted,
    "newer-package": newer,
    "wanted-capability": capability,
    "wanted-gpu": no_gpu,
}
