"""`smoke` for a person, and as the one JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from envdoc.model.finding import Finding
from envdoc.model.machine import System
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.render.document import envelope, proof_data
from envdoc.render.lines import Line
from envdoc.render.text_report import finding_lines

_MARKS = {
    ProofStatus.PASSED: "pass",
    ProofStatus.FAILED: "fail",
    ProofStatus.NOT_CHECKED: "not-checked",
    ProofStatus.TIMED_OUT: "fail",
    ProofStatus.CRASHED: "crash",
}
_ENDS = {
    0: "every proof that could be tried holds",
    1: "the environment is wrong: exit 1",
    75: "the runner is wrong, not the environment: exit 75, try another one",
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
    yield Line(f"envdoc proves {python}", style="bold")
    yield Line(
        "on " + ", ".join(f"{name} {value}" if name != "system" else value for name, value in facts.items() if value)
    )
    yield Line()
    width = max((len(_name(result)) for result in results), default=0)
    for result in results:
        if not quiet or result.status not in (ProofStatus.PASSED, ProofStatus.NOT_CHECKED):
            yield proof_told(result, width)
            if result.output_tail and (verbose or result.status is not ProofStatus.NOT_CHECKED):
                yield from (Line(line, indent=6, style="dim") for line in result.output_tail.splitlines()[-8:])
    for finding in findings:
        yield Line()
        yield from finding_lines(finding, system)
    yield Line()
    yield Line(f"{_counts(results)} in {seconds:.1f} s: {_ENDS.get(exit_code, f'exit {exit_code}')}", style="bold")


def proof_told(result: ProofResult, width: int = 0) -> Line:
    """One proof: `matmul-bf16 GPU 0  error 0.002, 741.2 TFLOP/s at 8192x8192 (1.2 s)`."""
    reason = result.reason.splitlines()[0] if result.reason else ""
    if result.status is ProofStatus.NOT_CHECKED:
        reason = f"not checked: {reason}"
    spent = f" ({result.seconds:.1f} s)" if result.seconds >= 0.05 else ""
    return Line(f"{_name(result):<{width}}  {reason}{spent}", mark=_MARKS[result.status])


def _name(result: ProofResult) -> str:
    return result.name if result.gpu is None else f"{result.name} GPU {result.gpu}"


def _counts(results: tuple[ProofResult, ...]) -> str:
    told = []
    for status in ProofStatus:
        number = sum(result.status is status for result in results)
        if number:
            told.append(f"{number} {status.value.replace('-', ' ')}")
    return ", ".join(told) or "no proof"


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
