"""Logic of "X needs Y, which is not here": the package that asks is the one to mend, never another."""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.needs import Asker, asker, symbol_of
from envdoc.diagnose.values import Match
from envdoc.model.value import replace

_OWN_RULE = ("flash-attn", "torchvision", "torchaudio", "torchcodec")  # packages with a rule of their own
_SYMBOL = re.compile(r"undefined symbol:? ?([\w@.]{2,200})")
_NEEDS_MAJOR = re.compile(r"lib(?:cudart|cublas|cublasLt|nvJitLink|cufft|nvrtc)\.so\.(1[1-9])\b")


def built_for_another_torch(match: Match, _case: Case) -> list[Match]:
    """An extension asks for a symbol of torch: it was built for another torch. Torch's own files are not meant."""
    symbol, who = _symbol(match), asker(match.sighting)
    if "DLL load failed" in match.sighting.line.text:
        return _dll(match, who)
    if symbol_of(symbol) != "torch" or (who is not None and (who.torch_itself or who.package in _OWN_RULE)):
        return []
    if who is None and "flash_attn" in match.sighting.line.text:
        return []
    named = {**_named(who), "symbol": symbol, "library": _library(match)}
    return [replace(match, captured={**match.captured, **{key: value for key, value in named.items() if value}})]


def _dll(match: Match, who: Asker | None) -> list[Match]:
    """Windows does not say which procedure is missing: only a package that is known to call into torch counts."""
    if who is None or not who.made or who.package in _OWN_RULE:
        return []
    return [replace(match, captured={**match.captured, **_named(who)})]


def foreign_cuda_library(match: Match, _case: Case) -> list[Match]:
    """torch's or NVIDIA's own library lacks a symbol of CUDA: another release of that library was loaded first."""
    symbol, who = _symbol(match), asker(match.sighting)
    owned = who is not None and who.torch_itself
    named = re.search(r"lib(?:torch|c10|cu|nv)\w{0,30}\.so", match.sighting.line.text) is not None
    if symbol_of(symbol) not in ("cuda", "cudnn") or not (owned or named):
        return []
    return [replace(match, captured={**match.captured, "symbol": symbol})]


def owner_of_version(match: Match, _case: Case) -> list[Match]:
    """glibc and libstdc++: who asks stands in `(required by …)` or above."""
    who = asker(match.sighting)
    if who is None or who.torch_itself:
        return [match]
    return [replace(match, captured={**match.captured, **_named(who)}, words=f"log{_case_of(match)}-owner")]


def _case_of(match: Match) -> str:
    return f"-{match.rule.case}" if match.rule.case else ""


def owner_of_library(match: Match, case: Case) -> Match:
    """A missing libcudart.so.12: the wheel that asks was built for that CUDA major; torch is not to be mended."""
    who = asker(match.sighting)
    found = _NEEDS_MAJOR.search(match.sighting.line.text)
    if who is None or who.torch_itself or found is None or who.package in _OWN_RULE[1:]:
        return match
    if case.known.torch_cuda.startswith(f"cu{found[1]}"):
        return match  # of the same major: the libraries are there, and are not found
    return replace(match, captured={**match.captured, **_named(who), "major": found[1]}, words="log-owner")


def _named(who: Asker | None) -> dict[str, str]:
    return {"package": who.package, "made": who.made} if who is not None else {}


def _symbol(match: Match) -> str:
    found = _SYMBOL.search(match.sighting.line.text)
    return found[1] if found else match.captured.get("symbol", "")


def _library(match: Match) -> str:
    found = re.search(r"([\w.-]{3,80}\.so)\b", match.sighting.line.text)
    return found[1] if found else ""


FUNCTIONS: dict[str, Judge] = {
    "built-for-another-torch": built_for_another_torch,
    "foreign-cuda-library": foreign_cuda_library,
    "owner-of-version": owner_of_version,
}
