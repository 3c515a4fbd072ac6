"""Whether an installation was proved where it will be used: on the GPUs of a machine that has some.

An image is often built where no GPU is: then nothing can be proved on one, and the environment is as good as it can
be. A GPU that is there and does not answer is another thing: nobody has seen the environment work.
"""

from __future__ import annotations

from envdoc.findings import finding, text
from envdoc.model.finding import Finding, Report, Severity
from envdoc.model.machine import Machine, Origin
from envdoc.model.profile import Profile
from envdoc.model.results import ProofResult, ProofStatus

# Checks of the machine that say why no GPU answers.
GPU_CHECKS = ("gpu-present", "gpu-health", "driver-present", "driver-consistent", "cuda-init", "visible-devices")
# This machine, or this container, was given no GPU: an image build.
_NONE_HERE = {"no-gpu", "gpu-hidden-from-container"}
NAME, TITLE = "gpu", "The GPUs answer"


def gpus_answer(machine: Machine, profile: Profile | None, proved: tuple[ProofResult, ...]) -> ProofResult | None:
    """What the proofs on GPUs come to; None where none is asked for: a profile for the CPU, a machine without a GPU,
    an installation for another machine."""
    if profile is None or profile.gpus is None or machine.origin is Origin.WHAT_IF:
        return None
    from envdoc.smoke import PROOFS
    from envdoc.smoke.base import Group

    on_gpus = [
        each for each in proved if each.name in PROOFS and PROOFS[each.name].group in (Group.EACH_GPU, Group.ALL_GPUS)
    ]
    if not on_gpus or any(each.status is not ProofStatus.NOT_CHECKED for each in on_gpus):
        return None  # they ran; those that failed speak for themselves
    from envdoc.workflow.check import judge

    report = judge(machine, profile, only=GPU_CHECKS)
    errors = tuple(each for each in report.findings if each.severity is Severity.ERROR)
    if _NONE_HERE & {each.code for each in errors}:
        return None
    return _failed(errors or (_unproved(report, on_gpus),))


def _failed(errors: tuple[Finding, ...]) -> ProofResult:
    codes = ", ".join(each.code for each in errors)
    reason = text("install", "unproved", codes=codes)
    return ProofResult(NAME, TITLE, ProofStatus.FAILED, reason=reason, findings=errors)


def _unproved(report: Report, proofs: list[ProofResult]) -> Finding:
    """The checks find nothing, and still no proof could be tried."""
    gpus = report.machine.gpus.value or ()
    told = [text("smoke", "of-proof", proof=each.name, reason=each.reason) for each in proofs]
    evidence = (text("install", "gpus", count=len(gpus)), *told)
    return finding("nothing-proved", summary="on-gpus", fix="in-install-fix", evidence=evidence)
