"""A process that died explains itself, and one root cause is told once for all proofs that fell with it."""

from __future__ import annotations

from envdoc.findings import text
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.smoke.codes import finding
from envdoc.smoke.roots import last_words, telling, told_once

OMP = """\
OMP: Error #179: Function GetThreadGroupAffinity() failed:
OMP: System error #120: Invalid function
"""
SEGFAULT = """\
loading
Fatal Python error: Segmentation fault

Current thread 0x00007f0f (most recent call first):
  File "<string>", line 1 in <module>

Extension modules: numpy._core._multiarray_umath (total: 1)
"""


def crashed(name: str, *words: str, gpu: int | None = None) -> ProofResult:
    found = finding("proof-crashed", text("smoke", "ended", code=3), words)
    return ProofResult(name, name, ProofStatus.CRASHED, gpu=gpu, reason="died", findings=(found,))


def test_last_words() -> None:
    assert last_words(OMP) == (
        "OMP: Error #179: Function GetThreadGroupAffinity() failed:",
        "OMP: System error #120: Invalid function",
    )
    assert telling(last_words(OMP)) == "OMP: System error #120: Invalid function"
    assert last_words(SEGFAULT) == ("loading", "Fatal Python error: Segmentation fault")
    assert telling(last_words(SEGFAULT)) == "Fatal Python error: Segmentation fault"
    assert (last_words("\n\n"), telling(())) == ((), "")


def test_one_cause_is_told_once() -> None:
    words = last_words(OMP)
    passed = ProofResult("ok", "ok", ProofStatus.PASSED)
    results = (
        crashed("import:torch", *words),
        passed,
        crashed("import:trl", *words),
        crashed("matmul", *words, gpu=1),
    )
    told = told_once(results)
    assert [len(each.findings) for each in told] == [1, 0, 0, 0]
    assert told[0].findings[0].evidence == (*words, "fell with it: import:trl, matmul on GPU 1")
    assert [each.status for each in told] == [each.status for each in results]


def test_other_words_are_another_cause_and_silence_is_none() -> None:
    results = (crashed("a", "one"), crashed("b", "two"), crashed("c"), crashed("d"))
    assert told_once(results) == results
