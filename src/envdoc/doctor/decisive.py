"""Whether those that decide could look. A verdict without them would read as fine where nobody saw anything."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import REGISTRY, Case, Outcome, check
from envdoc.doctor.look import gpu_nodes, in_container, in_wsl
from envdoc.doctor.words import finding, found, listed, run
from envdoc.model.facts import Why
from envdoc.model.finding import CheckResult, CheckStatus, Finding, Severity

# Findings that say why the others could not look: the cause is known, one error is enough.
_CAUSES = {"driver-library-mismatch", "driver-not-loaded", "gpu-lost", "wsl-driver-blocked", "nouveau-driver"}
_LOOKED = (CheckStatus.PASS, CheckStatus.WARN, CheckStatus.FAIL, CheckStatus.CRASH)


@check("decisive", "What decides was seen", codes=("could-not-look", "required-not-checked"), last=True)
def decisive(case: Case) -> Outcome:
    """Decisive checks that were blind, and those that the user requires and that did not look."""
    ids = {each.id for each in REGISTRY if each.decisive}
    asked = [result for result in case.results if result.id in ids]
    blind = [result for result in asked if result.blind]
    explained = _CAUSES & {found.code for result in case.results for found in result.findings}
    findings = [*([_could_not_look(case, blind)] if blind and not explained else []), *_required(case)]
    looked = [result.title for result in asked if result.status in _LOOKED]
    return found(*findings, seen=f"{len(looked)} of {len(asked)} looked")


def _could_not_look(case: Case, blind: list[CheckResult]) -> Finding:
    titles = listed(f"`{result.id}`" for result in blind)
    driver = case.machine.driver
    hung = any(fact.why is Why.TIMED_OUT for fact in (driver.version.best, driver.cuda_init, case.machine.gpus))
    return finding(
        Severity.ERROR,
        "could-not-look",
        f"What decides could not be seen: {titles}",
        evidence=(*(f"{result.id}: {result.reason}" for result in blind), *evidence_of_gpu(case)),
        fix=_HUNG if hung else _DENIED,
        commands=run("envdoc check --fresh"),
        links=("https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceEnumvs.html",),
    )


_HUNG = (
    "Look again; a driver that does not answer twice hangs, and only a reboot mends it (a container needs the host's)"
)
_DENIED = (
    "Look again with everything asked anew, as a user who may read the driver's device nodes and the environment"
)


def evidence_of_gpu(case: Case) -> Iterator[str]:
    """What says that this machine should have an NVIDIA GPU, one line each; nothing where it plainly has none."""
    driver = case.machine.driver
    yield from (f"on the PCI bus: {each}" for each in (driver.pci.value or ())[:4])
    yield from (f"device node: {node}" for node in gpu_nodes(case)[:4])
    if driver.kernel_module.value:
        yield f"kernel module: {driver.kernel_module.value}"
    if case.profile is not None and case.profile.gpus is not None:
        yield f"profile `{case.profile.id}` is for GPUs"
    yield from (f"{each.by} is set" for each in case.machine.overrides if each.fact == "gpu" and each.value)
    if in_container(case) or in_wsl(case):
        yield "the driver belongs to the system outside"


def _required(case: Case) -> Iterator[Finding]:
    """One finding for each required check that did not look; one that failed or crashed speaks for itself."""
    results = {result.id: result for result in case.results}
    for name in case.required:
        result = results.get(name)
        if result is None or result.status not in _LOOKED:
            reason = result.reason if result else f"it does not exist on {case.machine.os.system.value}"
            yield finding(
                Severity.ERROR,
                "required-not-checked",
                f"Check `{name}` is required and did not look: {reason}",
                evidence=(f"--require {name}", f"{name}: {reason}"),
                fix="Give the check what it needs, or do not require it",
                commands=run("envdoc check -v"),
            )
