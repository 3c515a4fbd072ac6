"""Resolution, plan and installation for a person."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc import __version__
from envdoc.model.machine import Machine, Origin, System
from envdoc.model.plan import Plan
from envdoc.model.resolution import Resolution
from envdoc.model.results import InstallResult, ProofResult, ProofStatus, StepResult, StepStatus
from envdoc.render.lines import Line
from envdoc.render.text_report import finding_lines, machine_words

_SHORT = 12  # rejected candidates shown without -v


def resolution_lines(
    resolution: Resolution, machine: Machine, *, quiet: bool = False, verbose: bool = False, offer: bool = True
) -> Iterator[Line]:
    """What fits, why, what does not and why, and which change would open more; `offer` names the next command."""
    yield from _head(resolution, machine)
    for why in resolution.why:
        yield Line(why, mark="info", indent=2)
    if not quiet:
        yield from _packages(resolution)
        yield from _rejected(resolution, verbose)
    if resolution.openers:
        yield Line()
        yield Line("What would open more:", style="bold")
        for each in resolution.openers:
            yield Line(f"{each.change} opens {each.opens}", mark="step", indent=2)
    for finding in resolution.findings:
        yield Line()
        yield from finding_lines(finding, machine.os.system)
    if resolution.fits and offer and not quiet:
        yield Line()
        yield Line(f"Next: envdoc install --profile {resolution.profile}", fixed=True)


def _head(resolution: Resolution, machine: Machine) -> Iterator[Line]:
    yield Line(f"envdoc {__version__} resolves for {gpu_words(machine)}", style="bold")
    driver = machine.driver.version.value
    yield Line(f"on {machine_words(machine)}, " + (f"driver {driver}" if driver else "no driver"))
    if machine.origin is not Origin.PROBED:
        yield Line(f"from a {machine.origin.value} machine", style="yellow")
    for each in machine.overrides:
        yield Line(f"{each.fact} is overridden by {each.by}: {each.value}", style="yellow")
    yield Line()
    if resolution.fits:
        chosen = f"torch {resolution.torch} with {resolution.cuda} on Python {resolution.python}"
        yield Line(f"profile {resolution.profile}: {chosen}", mark="pass", style="bold")
    else:
        wished = f" for profile {resolution.profile}" if resolution.profile else ""
        yield Line(f"nothing fits{wished}", mark="fail", style="bold")


def gpu_words(machine: Machine) -> str:
    """`2 x NVIDIA GeForce RTX 5060 Ti (compute capability 12.0)`."""
    gpus = machine.gpus.value or ()
    if not gpus:
        return "no GPU"
    counted: dict[str, int] = {}
    for gpu in gpus:
        capability = gpu.compute_capability.or_else("unknown")
        words = f"{gpu.name.or_else('a GPU without a name')} (compute capability {capability})"
        counted[words] = counted.get(words, 0) + 1
    return ", ".join(words if number == 1 else f"{number} x {words}" for words, number in counted.items())


def _packages(resolution: Resolution) -> Iterator[Line]:
    if not resolution.packages:
        return
    yield Line()
    yield Line("Packages:", style="bold")
    width = max(len(f"{name} {chosen.version}") for name, chosen in resolution.packages.items())
    for name, chosen in resolution.packages.items():
        yield Line(f"{f'{name} {chosen.version}':<{width}}  from {chosen.source}: {chosen.why}", indent=2)


def _rejected(resolution: Resolution, verbose: bool) -> Iterator[Line]:
    if not resolution.rejected:
        return
    yield Line()
    yield Line("What does not fit:", style="bold")
    shown = resolution.rejected if verbose else resolution.rejected[:_SHORT]
    for each in shown:
        yield Line(f"{each.candidate}: {'; '.join(each.reasons)}", mark="not-checked", indent=2)
    hidden = len(resolution.rejected) - len(shown)
    if hidden:
        yield Line(f"and {hidden} more (-v shows them)", indent=4)


def plan_lines(plan: Plan) -> Iterator[Line]:
    """What will be done, step by step, with what it costs."""
    yield Line(f"Plan for {plan.environment} (profile {plan.profile}):", style="bold")
    for number, step in enumerate(plan.steps, 1):
        yield Line(f"{number}. {step.title}" + (f": {step.detail}" if step.detail else ""), indent=2)
    yield Line(f"Download about {size(plan.download_mib)}, on disk about {size(plan.disk_mib)}", indent=2)
    for note in plan.notes:
        yield Line(note, mark="info", indent=2)


def size(mib: int) -> str:
    """`5.4 GiB`, `312 MiB`, or `unknown`."""
    if not mib:
        return "an unmeasured amount"
    return f"{mib / 1024:.1f} GiB" if mib >= 1024 else f"{mib} MiB"


_STEP_MARKS = {
    StepStatus.DONE: "pass",
    StepStatus.UNCHANGED: "pass",
    StepStatus.FAILED: "fail",
    StepStatus.SKIPPED: "not-checked",
}
_PROOF_MARKS = {
    ProofStatus.PASSED: "pass",
    ProofStatus.FAILED: "fail",
    ProofStatus.NOT_CHECKED: "not-checked",
    ProofStatus.TIMED_OUT: "fail",
    ProofStatus.CRASHED: "fail",
}


def step_line(step: StepResult) -> Line:
    word = "" if step.status is StepStatus.DONE else f" ({step.status.value})"
    detail = f": {step.detail}" if step.detail else ""
    return Line(f"{step.title}{word}{detail}  {step.seconds:.1f} s", mark=_STEP_MARKS[step.status])


def proof_line(proof: ProofResult) -> Line:
    where = "" if proof.gpu is None else f" on GPU {proof.gpu}"
    word = "" if proof.status is ProofStatus.PASSED else f" {proof.status.value}"
    reason = f": {proof.reason}" if proof.reason else ""
    return Line(f"{proof.title}{where}{word}{reason}  {proof.seconds:.1f} s", mark=_PROOF_MARKS[proof.status])


def install_lines(result: InstallResult, system: System) -> Iterator[Line]:
    """How it ended: findings in full, what is usable, and the next command."""
    for finding in result.findings:
        yield Line()
        yield from finding_lines(finding, system)
    yield Line()
    if result.usable:
        word = "made and proved" if result.changed else "unchanged, proved before"
        yield Line(f"{result.environment}: {word}", mark="pass", style="bold")
        yield Line(f"Next: envdoc env --env {result.environment}", fixed=True)
    else:
        yield Line(f"{result.environment}: not usable yet", mark="fail", style="bold")
        yield Line("Next: mend what is named above, then run the same command again; it continues where it stopped")


def undo_lines(result: InstallResult, system: System) -> Iterator[Line]:
    """What a rollback or a removal did."""
    for step in result.steps:
        yield step_line(step)
    for finding in result.findings:
        yield Line()
        yield from finding_lines(finding, system)
