"""What a program itself says it lacks: a package, a newer release of one, a GPU that can more.

Only where an error says it: the same words in a warning or in a hint tell of something that goes on without.
"""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.match import flat
from envdoc.diagnose.values import Advice, Match
from envdoc.model.value import replace

_ERROR = re.compile(r"(?<![A-Za-z])(?:[A-Z]\w{2,40}(?:Error|Exception|NotFound)|error)\s*:")
_BEFORE = 2  # lines of a message before the one with the anchor
_NAME = r"[`'\"]?([A-Za-z][\w.-]{1,40}?(?:\[[\w,-]{1,30}\])?)"
_WANTED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:pip3?|uv pip) install(?: -{1,2}[\w-]{1,20}){0,4} git\+https?://[\w./-]{1,80}/([\w-]{2,40})(?:\.git|@|\s|$)",
        r"(?:pip3?|uv pip) install(?: -{1,2}[\w-]{1,20})* " + _NAME + r"(?=[`'\"\s<>=!~.,)]|$)",
        _NAME + r"[`'\"]?(?: package| library)? (?:is|are|was) (?:not (?:been )?installed|required)",
        r"requires? (?:the )?"
        + _NAME
        + r"[`'\"]?(?: package| library)?,? (?:to be installed|which is not installed)",
        r"(?i:please install)(?: the)? " + _NAME + r"(?=[`'\"\s<>=!~.,)]|$)",
        r"needs " + _NAME + r", which is not installed",
        _NAME + r"[`'\"]? is not available[.,]? (?i:please install)",
        _NAME + r"[`'\"]? (?:was selected|backend), but it is not installed",
        _NAME + r"[`'\"]? needs to be installed",
        r"requires (?:package|version) " + _NAME,
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
    )
)
_VERBS = {"require", "needs ", "only supported", "only supports", "not supported on"}
_SM = re.compile(
    r"(?:requires?|needs|only supported|only supports|not supported on)\b[^;]{0,60}?\b"
    r"(?:(?:SM|sm_?)[ >=]{0,3}1?\d[\dxX]|Blackwell|Hopper|Ampere)"
)
_NO_PACKAGE = {"it", "the", "a", "this", "them", "your", "one", "with", "from", "and", "to", "is", "version", "cuda"}


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
    if not is_error(match) or (verb and not _SM.search(match.sighting.line.text)):
        return []
    return [replace(match, words="log-named") if verb else match]


def no_gpu(match: Match, _case: Case) -> list[Match]:
    """`RuntimeError: Cuda is not available.`"""
    return [match] if is_error(match) else []


def _torch_newer(match: Match) -> list[Match]:
    """torch is chosen for a machine, never upgraded by itself: that could bring a build for another CUDA, or none."""
    rule = replace(match.rule, advice=Advice({"any": ("envdoc resolve", "envdoc check")}))
    return [replace(match, rule=rule, captured={**match.captured, "package": "torch"})]


def _told(match: Match, patterns: tuple[re.Pattern[str], ...]) -> list[Match]:
    if not is_error(match):
        return []
    text = flat(match.sighting.lines[match.sighting.at : match.sighting.at + 3])
    for found in (found for pattern in patterns for found in pattern.finditer(text)):
        name = found[1].rstrip(".-")
        if name.lower() not in _NO_PACKAGE and not name.endswith("Error"):
            return [replace(match, captured={**match.captured, "package": name})]
    return []


def is_error(match: Match) -> bool:
    first = max(0, match.sighting.at - _BEFORE)
    return any(_ERROR.search(line.text) for line in match.sighting.lines[first : match.sighting.at + 1])


FUNCTIONS: dict[str, Judge] = {
    "wanted-package": wanted,
    "newer-package": newer,
    "wanted-capability": capability,
    "wanted-gpu": no_gpu,
}
