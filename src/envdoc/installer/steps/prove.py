"""Run the proofs in the environment. What could not be tried is no pass; nothing tried at all is a failure."""

from __future__ import annotations

from envdoc.installer.run import Outcome, Run
from envdoc.model.finding import Finding, Remediation, Severity
from envdoc.model.plan import Prove
from envdoc.model.results import ProofResult, ProofStatus


def prove(step: Prove, run: Run) -> Outcome:
    """All proofs of the step; fails with any that failed, hung or crashed, or when none passed."""
    run.proofs = run.prove(str(run.folder.python), step.proofs)
    passed = [each for each in run.proofs if each.status is ProofStatus.PASSED]
    skipped = [each for each in run.proofs if each.status is ProofStatus.NOT_CHECKED]
    bad = [each for each in run.proofs if each not in passed and each not in skipped]
    findings = tuple(finding for each in run.proofs for finding in each.findings)
    if bad and not any(finding.severity is Severity.ERROR for each in bad for finding in each.findings):
        findings += tuple(_failed(each) for each in bad)
    findings += _explained(run, bad, findings)
    if not passed and not bad:
        findings += (_nothing_proved(skipped),)
    detail = f"{len(passed)} passed" + (f", {len(skipped)} not checked" if skipped else "")
    detail += f", {len(bad)} failed" if bad else ""
    return Outcome(detail, changed=True, findings=findings, failed=bool(bad) or not passed)


def _explained(run: Run, bad: list[ProofResult], told: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What the rules for logs make of the last words of proofs that failed, beside what is told already."""
    words = "\n".join(dict.fromkeys(each.output_tail for each in bad if each.output_tail))
    known = {finding.code for finding in told}
    return tuple(each for each in run.explain_log(words) if each.code not in known) if words else ()


def _failed(proof: ProofResult) -> Finding:
    return Finding(
        "proof-failed",
        Severity.ERROR,
        f"Proof `{proof.name}` {proof.status.value}: {proof.reason or proof.title}",
        evidence=tuple(proof.output_tail.splitlines()[-8:]),
        remediation=Remediation("Read what it printed, mend the cause, then run the same command again"),
    )


def _nothing_proved(skipped: list[ProofResult]) -> Finding:
    return Finding(
        "nothing-proved",
        Severity.ERROR,
        "None of the proofs could be tried, so the environment is not marked usable",
        evidence=tuple(f"{each.name}: {each.reason}" for each in skipped),
        remediation=Remediation("Remove what keeps the proofs from running, then run the same command again"),
    )
