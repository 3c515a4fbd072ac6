"""Run the proofs in the environment. What could not be tried is no pass; nothing tried at all is a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoc.findings import finding, text
from envdoc.installer.folder import Folder
from envdoc.installer.outcome import Outcome
from envdoc.model.finding import Finding, Severity
from envdoc.model.plan import Plan, Prove
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.model.text import joined

if TYPE_CHECKING:
    from envdoc.installer.run import Run


def do(step: Prove, run: Run) -> Outcome:
    """All proofs of the step; fails with any that failed, hung or crashed, or when none passed."""
    run.proofs = run.prove(str(run.folder.python), step.proofs)
    passed = [each for each in run.proofs if each.status is ProofStatus.PASSED]
    skipped = [each for each in run.proofs if each.status is ProofStatus.NOT_CHECKED]
    bad = [each for each in run.proofs if each not in passed and each not in skipped]
    findings = tuple(found for each in run.proofs for found in each.findings)
    if bad and not any(found.severity is Severity.ERROR for each in bad for found in each.findings):
        findings += tuple(_failed(each) for each in bad)
    findings += _explained(run, bad, findings)
    if not passed and not bad:
        findings += (_nothing_proved(skipped),)
    counted = (("passed", len(passed)), ("not-checked", len(skipped)), ("failed", len(bad)))
    told = [text("render", f"count-{name}", count=number) for name, number in counted if number or name == "passed"]
    detail = joined(told)
    return Outcome(detail, changed=True, findings=findings, failed=bool(bad) or not passed)


def _explained(run: Run, bad: list[ProofResult], told: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What the rules for logs make of the last words of proofs that failed, beside what is told already."""
    words = "\n".join(dict.fromkeys(each.output_tail for each in bad if each.output_tail))
    known = {finding.code for finding in told}
    return tuple(each for each in run.explain_log(words) if each.code not in known) if words else ()


def _failed(proof: ProofResult) -> Finding:
    return finding(
        "proof-failed",
        summary="in-install",
        fix="in-install-fix",
        evidence=proof.output_tail.splitlines()[-8:],
        proof=proof.name,
        status=text("render", f"proof-{proof.status.value}"),
        reason=proof.reason or proof.title,
    )


def _nothing_proved(skipped: list[ProofResult]) -> Finding:
    evidence = [text("smoke", "of-proof", proof=each.name, reason=each.reason) for each in skipped]
    return finding("nothing-proved", summary="in-install", fix="in-install-fix", evidence=evidence)


def still(step: Prove, folder: Folder, whole: Plan) -> bool:
    """What was proved stays proved while the steps before it hold."""
    del step, folder, whole
    return True


def undo(folder: Folder) -> None:
    """A proof leaves nothing."""
    del folder
