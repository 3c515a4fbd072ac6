"""From proofs to findings and an exit code: is the environment wrong, or the runner?

    0   every proof that was asked for passed, or could not be tried for a reason that is no fault
    1   the environment is wrong: another runner would fail too
    75  the runner is wrong (no GPU, mismatched driver, lost GPU, memory errors, a GPU that others hold):
        the same environment may pass on another one

What could not be tried is never a pass: with nothing passed, the verdict is not 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from envdoc.findings import text
from envdoc.model.finding import Finding, findings_code
from envdoc.model.results import ProofResult, ProofStatus
from envdoc.smoke.codes import finding
from envdoc.smoke.gpus import Visible


@dataclass(frozen=True, slots=True)
class Verdict:
    findings: tuple[Finding, ...]  # a fault of the machine first, then errors, warnings, the rest
    exit_code: int


def verdict(results: tuple[ProofResult, ...], seen: Visible, *, cpu: bool = False, strict: bool = False) -> Verdict:
    """Judge the results of `prove`.

    Args:
        seen: the GPUs that were visible; without any, and without `cpu`, the runner is broken.
        cpu: only proofs that need no GPU were asked for.
        strict: warnings count.
    """
    findings = [each for result in results for each in result.findings]
    if not cpu and (seen.broken or not seen.gpus):
        what = text("smoke", "gpu-unusable" if seen.gpus else "no-gpu", reason=seen.reason)
        findings.insert(0, finding(seen.broken or "no-gpu-visible", what))
    if not any(result.status is ProofStatus.PASSED for result in results) and not findings:
        reasons = [text("smoke", "of-proof", proof=result.name, reason=result.reason) for result in results]
        findings.append(finding("nothing-proved", text("smoke", "nothing"), reasons))
    ordered = tuple(sorted(_once(findings), key=lambda each: (not each.machine_broken, _ORDER.index(each.severity))))
    return Verdict(ordered, findings_code(ordered, strict=strict))


_ORDER = ("error", "warning", "info")


def _once(findings: list[Finding]) -> list[Finding]:
    """One finding for each cause: the same words of several proofs stand once."""
    return list({(each.code, each.summary): each for each in findings}.values())
