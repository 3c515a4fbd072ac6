"""Errors by the names of NVIDIA's libraries (`cudaErrorNotPermitted`, `ncclSystemError`) and by CUDA's sentences.

What has a rule of its own is said by that one; this speaks where nobody else does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.values import Match
from envdoc.knowledge import errornames
from envdoc.model.finding import Severity
from envdoc.model.value import replace

_NAME = re.compile(
    r"(?<![\w:])(?:(?:::)?cuda(?:Error_t::)?|cudaError::)?"
    r"(cudaError[A-Z]\w{2,50}|CUDA_ERROR_[A-Z_]{3,50}|NVML_ERROR_[A-Z_]{3,40}|CUDNN_STATUS_[A-Z_]{3,60}|"
    r"CUBLAS_STATUS_[A-Z_]{3,30}|nccl[A-Z][A-Za-z]{3,30})\b"
)
# CUDA error: invalid device ordinal · CUDA driver error: device kernel image is invalid
_WORDS = re.compile(r"CUDA (?:driver |runtime )?error(?: in [^\n]{1,80}?)?: ([a-z'(][^\n.(]{3,160})", re.IGNORECASE)
_SOURCE = re.compile(
    r"(?:^|[\s:;{])(?:case|#define|switch|return|assert|except)\s|(?:^|[\s:;{])if\s*\(|(?:==|!=)\s*\w*(?:cuda|CUDA|nccl)"
)
_SILENT = {"normal", "kernel", "memory"}  # no error; the program's own; said by rules of their own
_LIBRARIES = {
    "cuda-runtime": "CUDA runtime", "cuda-driver": "CUDA driver", "nvml": "NVML", "cudnn": "cuDNN",
    "cublas": "cuBLAS", "nccl": "NCCL",
}  # fmt: skip
_LEVELS = {"program": Severity.INFO, "unsupported": Severity.WARNING}


def named(match: Match, case: Case) -> list[Match]:
    """The first name near the anchor that stands for an error; nothing where there is none."""
    lines = (match.sighting.line, *match.sighting.lines[match.sighting.at + 1 : match.sighting.at + 4])
    row = next((each for line in lines for each in _rows(line.text) if each.kind not in _SILENT), None)
    if row is None or _declared(match.sighting.line.text) or "device-side assert" in case.facts.text:
        return []
    captured = {"name": row.name, "number": str(row.number), "library": _LIBRARIES[row.family], "says": row.says}
    return [
        replace(match, captured=captured, severity=_LEVELS.get(row.kind, Severity.ERROR), words=f"log-{row.kind}")
    ]


def _rows(text: str) -> Iterator[errornames.ErrorRow]:
    names = errornames.by_name()
    yield from (names[found[1]] for found in _NAME.finditer(text) if found[1] in names)
    for found in _WORDS.finditer(text):
        row = errornames.by_words().get(found[1].strip())
        yield from (row,) if row else ()


def _declared(text: str) -> bool:
    """Source text, not an error: `case cudaErrorNotReady:`, `if (status != CUDNN_STATUS_SUCCESS)`."""
    return bool(_SOURCE.search(text))


FUNCTIONS: dict[str, Judge] = {"named-error": named}
