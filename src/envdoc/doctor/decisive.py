"""Whether those that decide could look. A verdict without them would read as fine where nobody saw anything."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import REGISTRY, Case, Outcome, check
from envdoc.doctor.look import gpu_nodes, in_container, in_wsl
from envdoc.doctor.words import found, listed, run
from envdoc.findings import finding, text
from envdoc.model.facts import Why
from envdoc.model.finding import CheckResult, CheckStatus, Finding
from envdoc.model.machine import Origin

# Findings that say why the others could not look: the cause is known, one error is enough.
_CAUSES = {"driver-library-mismatch", "driver-not-loaded", "gpu-lost", "wsl-driver-blocked", "nouveau-driver"}
_LOOKED = (CheckStatus.PASS, CheckStatus.WARN, CheckStatus.FAIL, CheckStatus.CRASH)


@check("decisive", codes=("could-not-look", "required-not-checked"), last=True)
def decisive(case: Case) -> Outcome:
    """Decisive checks that were blind, and those that the user requires and that did not look."""
    ids = {each.id for each in REGISTRY if each.decisive}
    asked = [result for result in case.results if result.id in ids]
    blind = [result for result in asked if result.blind]
    explained = _CAUSES & {found.code for result in case.results for found in result.findings}
    told = case.machine.origin is Origin.LISTED  # what it lacks is asked of whoever pasted it: see `doctor.listing`
    findings = [*([_could_not_look(case, blind)] if blind and not explained and not told else []), *_required(case)]
    looked = [result.title for result in asked if result.status in _LOOKED]
    return found(*findings, seen=text("checks", "looked", looked=len(looked), asked=len(asked)))


def _could_not_look(case: Case, blind: list[CheckResult]) -> Finding:
    titles = listed(f"`{result.id}`" for result in blind)
    driver = case.machine.driver
    hung = any(fact.why is Why.TIMED_OUT for fact in (driver.version.best, driver.cuda_init, case.machine.gpus))
    return finding(
        "could-not-look",
        titles=titles,
        evidence=(*(f"{result.id}: {result.reason}" for result in blind), *evidence_of_gpu(case)),
        fix="fix-hung" if hung else "fix",
        commands=run("envdoc check --fresh"),
    )


def evidence_of_gpu(case: Case) -> Iterator[str]:
    """What says that this machine should have an NVIDIA GPU, one line each; nothing where it plainly has none."""
    driver = case.machine.driver
    yield from (text("checks", "on-bus", each=each) for each in (driver.pci.value or ())[:4])
    yield from (text("checks", "device-node", node=node) for node in gpu_nodes(case)[:4])
    if driver.kernel_module.value:
        yield text("checks", "kernel-module", module=driver.kernel_module.value)
    if case.profile is not None and case.profile.gpus is not None:
        yield text("checks", "profile-for-gpus", profile=case.profile.id)
    yield from (
        text("checks", "is-set", by=each.by) for each in case.machine.overrides if each.fact == "gpu" and each.value
    )
    if in_container(case) or in_wsl(case):
        yield text("checks", "driver-outside")


def _required(case: Case) -> Iterator[Finding]:
    """One finding for each required check that did not look; one that failed or crashed speaks for itself."""
    results = {result.id: result for result in case.results}
    for name in case.required:
        result = results.get(name)
        if result is None or result.status not in _LOOKED:
            reason = (
                result.reason
                if result
                else text("required-not-checked", "not-here", system=case.machine.os.system.value)
            )
            yield finding(
                "required-not-checked",
                name=name,
                reason=reason,
                evidence=(f"--require {name}", f"{name}: {reason}"),
                commands=run("envdoc check -v"),
            )
