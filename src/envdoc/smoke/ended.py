"""How a proof's process ended -> its ProofResult. Pure."""

from __future__ import annotations

import signal
from typing import Any

from envdoc.findings import text
from envdoc.findings.recognise import recognised
from envdoc.model.finding import Finding
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.model.text import Text
from envdoc.smoke.classify import code_of
from envdoc.smoke.codes import finding, timed_out
from envdoc.smoke.jobs import Job
from envdoc.smoke.roots import last_words, telling

# Windows' exit codes of a process that died: STATUS_ACCESS_VIOLATION, STACK_BUFFER_OVERRUN, ILLEGAL_INSTRUCTION,
# STACK_OVERFLOW, DLL_NOT_FOUND
_WINDOWS_DEATHS = {
    0xC0000005: "access violation",
    0xC0000409: "stack buffer overrun",
    0xC000001D: "illegal instruction",
    0xC00000FD: "stack overflow",
    0xC0000135: "a DLL was not found",
}


def result_of(job: Job, told: dict[str, Any], python: str) -> ProofResult:
    """The result of a job of this Python from what the child told at its end.

    `told` holds `returncode` (None: stopped at its limit; negative: a signal), `seconds`, `tail` (the last output)
    and, where the proof came to its own end, `status`, `reason`, `figures`, `notes`, and for a failure `code`.
    """
    if told.get("returncode") is None:
        reason = text("smoke", "too-long-loading" if told["loading"] else "too-long", seconds=f"{told['limit']:.0f}")
        found = timed_out(_summary(job, reason), job.proof.name, python, gpu=bool(job.select))
        return _result(job, told, ProofStatus.TIMED_OUT, reason, (found,))
    if "status" not in told:
        return _died(job, told)
    status = ProofStatus(told["status"])
    findings = [
        finding(note["code"], _summary(job, note["reason"]), map(_worded, note["evidence"])) for note in told["notes"]
    ]
    if status is ProofStatus.FAILED:
        findings.insert(0, _failure(job, told))
    return _result(job, told, status, _worded(told["reason"]), tuple(findings))


def _failure(job: Job, told: dict[str, Any]) -> Finding:
    default = "import-failed" if job.proof.script == "import_module" else "proof-failed"
    code = told.get("code") or code_of(told["reason"] + "\n" + told.get("tail", ""), default)
    return finding(code, _summary(job, told["reason"]), map(_worded, told.get("evidence", ())))


def _worded(reason: str) -> str:
    """A sentence of a proof, which runs in a Python without our catalogue."""
    return recognised("proofs", reason.strip())


def _died(job: Job, told: dict[str, Any]) -> ProofResult:
    """The process ended before the proof did: by a signal, by Windows, or by a library that calls exit()."""
    returncode = told["returncode"]
    death = death_of(returncode)
    reason = text("smoke", "died", death=death) if death else text("smoke", "ended", code=returncode)
    code = "proof-killed" if returncode == -9 else code_of(told.get("tail", ""), "proof-crashed")
    words = last_words(told.get("tail", ""))
    said = text("smoke", "said", end=reason, words=telling(words)) if words else reason
    return _result(job, told, ProofStatus.CRASHED, said, (finding(code, _summary(job, said), words),))


def death_of(returncode: int) -> str:
    """`SIGSEGV (segmentation fault)` of -11; "" of an exit code that a living process chose."""
    if returncode < 0:
        try:
            sign = signal.Signals(-returncode)
        except ValueError:
            return f"signal {-returncode}"
        return f"{sign.name} ({(signal.strsignal(sign) or '').lower()})"
    return _WINDOWS_DEATHS.get(returncode & 0xFFFFFFFF, "")


def _result(
    job: Job, told: dict[str, Any], status: ProofStatus, reason: str, findings: tuple[Finding, ...]
) -> ProofResult:
    return ProofResult(
        name=job.proof.name,
        title=job.proof.title,
        status=status,
        gpu=job.gpu.index if job.gpu else None,
        reason=reason if isinstance(reason, Text) else reason.strip(),
        seconds=told.get("seconds", 0.0),
        figures=told.get("figures", {}),
        output_tail="" if status is ProofStatus.PASSED else told.get("tail", "").strip(),
        findings=findings,
    )


def _summary(job: Job, reason: str) -> Text:
    if not isinstance(reason, Text):
        reason = _worded(reason.strip().splitlines()[0]) if reason.strip() else text("smoke", "failed")
    if job.gpu is None:
        return text("smoke", "of-proof", proof=job.proof.title, reason=reason)
    return text("smoke", "on-gpu", proof=job.proof.title, gpu=job.gpu.index, reason=reason)
