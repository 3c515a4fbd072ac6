"""Resolution, plan and installation for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from envdoc import __version__
from envdoc.findings import text, worded
from envdoc.model.machine import Machine, System
from envdoc.model.plan import Plan, Step
from envdoc.model.resolution import Resolution
from envdoc.model.results import InstallResult, ProofResult, ProofStatus, StepResult, StepStatus
from envdoc.model.text import joined
from envdoc.render.lines import Line
from envdoc.render.text_report import finding_lines, machine_words, origin_lines
from envdoc.rules.quoting import command as quoted

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
        yield Line(text("render", "openers"), style="bold")
        for each in resolution.openers:
            yield Line(text("render", "opens", change=each.change, opens=each.opens), mark="step", indent=2)
    for finding in resolution.findings:
        yield Line()
        yield from finding_lines(finding, machine.os.system)
    if resolution.fits and offer and not quiet:
        yield Line()
        words = ("envdoc", "install", "--profile", resolution.to_name, *resolution.asked)
        for line in quoted(*words, system=machine.os.system):  # a place may have blanks
            yield Line(text("render", "next", command=line.command), fixed=True)


def _head(resolution: Resolution, machine: Machine) -> Iterator[Line]:
    yield Line(text("render", "resolves", version=__version__, gpus=gpu_words(machine)), style="bold")
    driver = machine.driver.version.value
    where = "on-driver" if driver else "on-no-driver"
    yield Line(text("render", where, machine=machine_words(machine), driver=driver or ""))
    yield from origin_lines(machine)
    yield Line()
    if resolution.fits:
        yield Line(_chosen(resolution), mark="pass", style="bold")
    else:
        yield Line(text("render", "nothing-fits", profile=resolution.profile), mark="fail", style="bold")


def _chosen(resolution: Resolution) -> str:
    if not resolution.profile and not resolution.torch:
        return text("render", "chosen-no-torch", python=resolution.python)
    return text(
        "render",
        {"bare": "chosen-bare", "": "chosen-there"}.get(resolution.profile, "chosen"),
        profile=resolution.profile,
        torch=resolution.torch,
        cuda=resolution.cuda,
        python=resolution.python,
    )


def gpu_words(machine: Machine) -> str:
    """`2 x NVIDIA GeForce RTX 5060 Ti (compute capability 12.0)`."""
    gpus = machine.gpus.value or ()
    if not gpus:
        return text("render", "no-gpu")
    kinds = Counter((gpu.name.value, gpu.compute_capability.value) for gpu in gpus)
    return joined(_gpus(name, capability, number) for (name, capability), number in kinds.items())


def _gpus(name: str | None, capability: str | None, count: int) -> str:
    return text(
        "render",
        "one-gpu" if count == 1 else "several-gpus",
        gpu=name or text("render", "nameless-gpu"),
        capability=capability or text("render", "unknown"),
        count=count,
    )


def _packages(resolution: Resolution) -> Iterator[Line]:
    if not resolution.packages:
        return
    yield Line()
    yield Line(text("render", "packages"), style="bold")
    for name, chosen in resolution.packages.items():
        told = text("render", "package", source=chosen.source, why=chosen.why)
        yield Line(told, indent=2, label=f"{name} {chosen.version}")


def _rejected(resolution: Resolution, verbose: bool) -> Iterator[Line]:
    if not resolution.rejected:
        return
    yield Line()
    yield Line(text("render", "rejected"), style="bold")
    near = [each for each in resolution.rejected if verbose or not each.elsewhere]
    shown = near if verbose else near[:_SHORT]
    for each in shown:
        told = text("render", "rejected-one", candidate=each.candidate, reasons=joined(each.reasons, "; "))
        yield Line(told, mark="not-checked", indent=2)
    if len(near) > len(shown):
        yield Line(text("render", "rejected-more", count=len(near) - len(shown)), indent=4)
    far = [each.candidate.removeprefix("profile ") for each in resolution.rejected if each.elsewhere]
    if far and not verbose:
        yield Line(text("render", "rejected-elsewhere", names=", ".join(far)), mark="not-checked", indent=2)


def plan_lines(plan: Plan) -> Iterator[Line]:
    """What will be done, step by step, with what it costs."""
    yield Line(text("render", "plan", environment=plan.environment, profile=plan.profile), style="bold")
    for number, step in enumerate(plan.steps, 1):
        yield Line(_step(number, step), indent=2)
    download, disk = size(plan.download_mib), size(plan.disk_mib)
    told = text("render", "no-download", disk=disk) if plan.carried else ""
    yield Line(told or text("render", "download", download=download, disk=disk), indent=2)
    for note in plan.notes:
        yield Line(note, mark="info", indent=2)


def _step(number: int, step: Step) -> str:
    if not step.detail:
        return text("render", "step", number=number, title=worded("install", step.title))
    return text("render", "step-packages", number=number, title=worded("install", step.title), packages=step.detail)


def size(mib: int) -> str:
    """`5.4 GiB`, `312 MiB`, or `unknown`."""
    if not mib:
        return text("render", "unmeasured")
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
    ProofStatus.TIMED_OUT: "not-checked",
    ProofStatus.CRASHED: "fail",
}


def step_line(step: StepResult) -> Line:
    seconds = f"{step.seconds:.1f}"
    if step.status is StepStatus.DONE:
        told = text("render", "step-done", title=worded("install", step.title), detail=step.detail, seconds=seconds)
    else:
        status = text("render", f"step-{step.status.value}")
        told = text(
            "render",
            "step-ended",
            title=worded("install", step.title),
            status=status,
            detail=step.detail,
            seconds=seconds,
        )
    return Line(told, mark=_STEP_MARKS[step.status])


def proof_line(proof: ProofResult) -> Line:
    name = proof.title if proof.gpu is None else text("render", "proof-on-gpu", proof=proof.title, gpu=proof.gpu)
    seconds = f"{proof.seconds:.1f}"
    if proof.status is ProofStatus.PASSED:
        told = text("render", "proof-line-passed", proof=name, reason=proof.reason, seconds=seconds)
    else:
        status = text("render", f"proof-{proof.status.value}")
        told = text("render", "proof-line", proof=name, status=status, reason=proof.reason, seconds=seconds)
    return Line(told, mark=_PROOF_MARKS[proof.status])


def install_lines(result: InstallResult, system: System) -> Iterator[Line]:
    """How it ended: findings in full, what is usable, and the next command."""
    for finding in result.findings:
        yield Line()
        yield from finding_lines(finding, system)
    yield Line()
    if result.usable:
        how = "usable-made" if result.changed else "usable-unchanged"
        yield Line(text("render", how, environment=result.environment), mark="pass", style="bold")
        yield Line(text("render", "next", command=f"envdoc env --env {result.environment}"), fixed=True)
    else:
        yield Line(text("render", "not-usable", environment=result.environment), mark="fail", style="bold")
        yield Line(text("render", "next-mend"))


def undo_lines(result: InstallResult, system: System) -> Iterator[Line]:
    """What a rollback or a removal did."""
    for step in result.steps:
        yield step_line(step)
    for finding in result.findings:
        yield Line()
        yield from finding_lines(finding, system)
