"""What a process that died said last, and one root cause told once for all proofs that fell with it. Pure."""

from __future__ import annotations

import re

from envdoc.findings import text
from envdoc.model.finding import Finding
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.model.text import joined
from envdoc.model.value import replace

_LINES = 4
_TELLING = re.compile(r"error|fatal|abort|fail|not found|cannot|can't|unable", re.IGNORECASE)
# Of a faulthandler's report only the first line tells something; the rest is frames and module names.
_NOISE = re.compile(r"^(Extension modules:|Current thread |Thread 0x|File \"|<no Python frame>)")


def last_words(tail: str) -> tuple[str, ...]:
    """The last lines that say something, in order; none where the process said nothing."""
    lines = [line.strip() for line in tail.splitlines()]
    return tuple(line for line in lines if line and not _NOISE.match(line))[-_LINES:]


def telling(words: tuple[str, ...]) -> str:
    """The line that names the cause: the last that speaks of an error, else the last; "" of none."""
    return next((line for line in reversed(words) if _TELLING.search(line)), words[-1] if words else "")


def told_once(results: tuple[ProofResult, ...]) -> tuple[ProofResult, ...]:
    """The results, of which several that died with the same last words carry one finding: at the first of them, with
    the names of the others."""
    first: dict[tuple[str, tuple[str, ...]], int] = {}
    fallen: dict[int, list[str]] = {}
    out = list(results)
    for place, result in enumerate(results):
        root = _root(result)
        if root is None:
            continue
        if root in first:
            fallen.setdefault(first[root], []).append(_name(result))
            out[place] = replace(result, findings=())
        else:
            first[root] = place
    for place, names in fallen.items():
        out[place] = _with(out[place], text("smoke", "fell-with-it", names=joined(names)))
    return tuple(out)


def _root(result: ProofResult) -> tuple[str, tuple[str, ...]] | None:
    """The cause of a crash as its code and words; None where it did not crash or said nothing."""
    if result.status is not ProofStatus.CRASHED or not result.findings or not result.findings[0].evidence:
        return None
    return result.findings[0].code, result.findings[0].evidence


def _name(result: ProofResult) -> str:
    if result.gpu is None:
        return result.name
    return text("render", "proof-on-gpu", proof=result.name, gpu=result.gpu)


def _with(result: ProofResult, line: str) -> ProofResult:
    finding: Finding = result.findings[0]
    told = replace(finding, evidence=(*finding.evidence, line))
    return replace(result, findings=(told, *result.findings[1:]))
