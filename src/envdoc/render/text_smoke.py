"""`smoke` for a person, and as the one JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from envdoc.findings import text
from envdoc.model.finding import Finding
from envdoc.model.machine import System
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.model.text import Text, joined
from envdoc.render.document import envelope, proof_data
from envdoc.render.lines import Line
from envdoc.render.text_report import finding_lines

_MARKS = {
    ProofStatus.PASSED: "pass",
    ProofStatus.FAILED: "fail",
    ProofStatus.NOT_CHECKED: "not-checked",
    ProofStatus.TIMED_OUT: "not-checked",
    ProofStatus.CRASHED: "crash",
}


def smoke_lines(
    results: Iterable[ProofResult],
    findings: Iterable[Finding],
    facts: Mapping[str, str],
    python: str,
    system: System,
    *,
    exit_code: int,
    seconds: float,
    quiet: bool = False,
    verbose: bool = False,
) -> Iterator[Line]:
    """The whole report: where, one line a proof, what needs attention, the verdict."""
    results = tuple(results)
    yield Line(text("render", "proves", python=python), style="bold")
    told = (f"{name} {value}" if name != "system" else value for name, value in facts.items() if value)
    yield Line(text("render", "on-machine", machine=", ".join(told)))
    yield Line()
    for result in results:
        if not quiet or result.status not in (ProofStatus.PASSED, ProofStatus.NOT_CHECKED):
            yield proof_told(result)
            if result.output_tail and (verbose or result.status is not ProofStatus.NOT_CHECKED):
                yield from (Line(line, indent=6, style="dim") for line in result.output_tail.splitlines()[-8:])
    for finding in findings:
        yield Line()
        yield from finding_lines(finding, system)
    yield Line()
    end = text("render", f"end-{exit_code if exit_code in (0, 1, 75) else 'other'}", code=exit_code)
    yield Line(text("render", "ends", counts=_counts(results), seconds=f"{seconds:.1f}", end=end), style="bold")


def proof_told(result: ProofResult) -> Line:
    """One proof: `matmul-bf16 GPU 0  error 0.002, 741.2 TFLOP/s at 8192x8192 (1.2 s)`."""
    reason = result.reason if isinstance(result.reason, Text) else result.reason.partition("\n")[0]
    if result.status in (ProofStatus.NOT_CHECKED, ProofStatus.TIMED_OUT):
        reason = text("render", "not-checked", reason=reason)
    if result.seconds >= 0.05:
        reason = text("render", "proof-seconds", reason=reason, seconds=f"{result.seconds:.1f}")
    return Line(reason, mark=_MARKS[result.status], label=_name(result))


def starting(number: int, total: int, title: str, gpu: int | None) -> str:
    """`3/12 bf16 matrix product on GPU 0 ...`, while it runs."""
    proof = title if gpu is None else text("render", "proof-on-gpu", proof=title, gpu=gpu)
    return text("render", "starting", number=number, total=total, title=proof)


def _name(result: ProofResult) -> str:
    return result.name if result.gpu is None else f"{result.name} GPU {result.gpu}"


def _counts(results: tuple[ProofResult, ...]) -> str:
    numbers = {status: sum(result.status is status for result in results) for status in ProofStatus}
    told = [text("render", f"count-{status.value}", count=number) for status, number in numbers.items() if number]
    return joined(told) or text("render", "no-proof")


def smoke_document(
    results: Iterable[ProofResult],
    findings: Iterable[Finding],
    facts: Mapping[str, str],
    python: str,
    *,
    exit_code: int,
    seconds: float,
) -> dict[str, Any]:
    """`envdoc smoke --format json`."""
    return envelope(
        "smoke",
        exit_code,
        findings,
        python=python,
        facts=dict(facts),
        seconds=round(seconds, 3),
        proofs=[{**proof_data(result), "output": result.output_tail} for result in results],
    )
