"""Execute a plan: begin where the journal ends, write each step down before and after, prove, then mark usable."""

from __future__ import annotations

import time
from collections.abc import Callable

from envdoc.errors import EnvdocError, Interrupted
from envdoc.findings import text
from envdoc.host.base import Host
from envdoc.installer import backup, guard, interior, journal, lock, orphans, proved, quick, state
from envdoc.installer.dists import torch_cuda, versions
from envdoc.installer.events import Event, StepEnded, StepLine, StepStarted
from envdoc.installer.finish import finish
from envdoc.installer.folder import folder_of
from envdoc.installer.hold import cuda_tag, torch_pin
from envdoc.installer.options import Options
from envdoc.installer.run import Explainer, Outcome, Prover, Run
from envdoc.installer.steps import kind_of
from envdoc.installer.verify import unchanged
from envdoc.installer.wanted import Wanted, wanted_of
from envdoc.model.cuda import tag_of
from envdoc.model.plan import AdoptEnvironment, InstallPackages, Plan, ProvidePython, Step
from envdoc.model.results import InstallResult, StepResult, StepStatus
from envdoc.model.text import joined


def execute(
    plan: Plan,
    host: Host,
    options: Options,
    *,
    on_event: Callable[[Event], None],
    prove: Prover,
    explain_log: Explainer = lambda _: (),
) -> InstallResult:
    """Make, change or complete the plan's environment.

    Args:
        prove: runs proofs by name with the environment's Python, given by its path.
        explain_log: findings for a failed step's output; theirs stand after the installer's own.

    Returns:
        How each step ended; a failed one carries findings, those after it are skipped.

    Raises:
        EnvdocError: nothing was done: `environment-not-ours`, `system-interpreter` (UsageError),
            `environment-elsewhere`, `environment-busy`, `disk-full`, `environment-not-writable`,
            `envdoc-folder-unsafe`, `engine-missing`.
        Interrupted: Ctrl-C; children are dead, the journal says where it stopped.
    """
    run = Run(plan, host, options, folder_of(plan.environment, host.system), on_event, prove, explain_log)
    try:
        return _guarded(run, wanted_of(plan))
    except OSError as error:
        raise guard.os_failure(run.folder.root, error) from error


def _guarded(run: Run, wanted: Wanted) -> InstallResult:
    """Refuse what may not be done, end early where nothing is to do, else work under the lock."""
    entries = journal.read(run.folder.journal)
    guard.check_folder(run.folder, run.plan, entries)
    if _adopts(run.plan) and state.kind(run.folder, entries) == "":
        interior.check(run.host, run.folder)  # before the first file of ours; again under the lock
    nothing = unchanged(run.plan, run.host)
    if nothing is not None:
        for step in nothing.steps:
            run.on_event(StepEnded(step))
        return nothing
    guard.check_disk(run.host, run.folder, _still_needed(run.plan, journal.done_steps(entries, wanted)))
    with lock.hold(run.folder.lock):
        orphans.wait(run.host, run.folder, tell=lambda text: run.on_event(StepLine(run.plan.steps[0].id, text)))
        finish(run.folder)
        run.entries = list(journal.read(run.folder.journal))
        guard.check_folder(run.folder, run.plan, run.entries)  # a rollback that ended now has given it back
        return _execute(run, wanted)


def _still_needed(plan: Plan, done: int) -> int:
    """MiB on disk for the steps that are not done: the plan's own figure for all of them."""
    rest = sum(getattr(step, "disk_mib", 0) for step in plan.steps[done:])
    untouched = not any(isinstance(step, InstallPackages) for step in plan.steps[:done])
    return max(rest, plan.disk_mib) if untouched else rest


def _execute(run: Run, wanted: Wanted) -> InstallResult:
    try:
        return _all_steps(run, wanted)
    except KeyboardInterrupt:
        raise _interrupted(run) from None


def _interrupted(run: Run) -> Interrupted:
    """Say in the journal where it stopped, by what is on disk: the signal may have come while a line was written."""
    entries = journal.read(run.folder.journal)
    under_way = entries[-1] if entries and entries[-1].event == journal.STARTED else None
    if under_way is not None:
        run.note(journal.Entry(journal.INTERRUPTED, under_way.step, under_way.fingerprint))
    step = under_way.step if under_way is not None else ""
    return Interrupted(text("errors", "interrupted-in", step=step), hint=text("errors", "run-again"))


def _all_steps(run: Run, wanted: Wanted) -> InstallResult:
    done = _first_to_do(run, wanted)
    _begin(run, wanted)
    results: list[StepResult] = []
    failed = False
    for place, step in enumerate(run.plan.steps):
        if failed:
            results.append(StepResult(step.id, step.title, StepStatus.SKIPPED))
            run.on_event(StepEnded(results[-1]))
        elif place < done:
            results.append(StepResult(step.id, step.title, StepStatus.UNCHANGED))
            run.on_event(StepEnded(results[-1]))
        else:
            results.append(_step(run, step, place, wanted[place][1]))
            failed = results[-1].status is StepStatus.FAILED
    return _end(run, tuple(results), failed)


def _first_to_do(run: Run, wanted: Wanted) -> int:
    """The first step that is not done, or that files have changed since."""
    if _adopts(run.plan) and not backup.exists(run.folder):
        return 0
    done = journal.done_steps(run.entries, wanted)
    if done < len(wanted):
        return _checked_python(run, done)
    place = quick.drift(run.folder, run.plan)
    # all done, yet not marked usable: the proof is done anew
    return _checked_python(run, len(wanted) - 1 if place is None else place)


def _checked_python(run: Run, done: int) -> int:
    """The steps done so far, if the interpreter that an earlier run found is still there."""
    found = journal.last_of(run.entries, "python", journal.DONE)
    run.base_python = found.data.get("python", "") if found else ""
    needs = run.options.engine != "conda" and any(isinstance(step, ProvidePython) for step in run.plan.steps[:done])
    return 0 if needs and not run.host.stat(run.base_python).known else done


def _begin(run: Run, wanted: Wanted) -> None:
    """Say that a run is under way, before anything changes: from here on nothing looks usable."""
    kind = state.kind(run.folder, run.entries) or (journal.ADOPTED if _adopts(run.plan) else journal.MADE)
    run.note(journal.Entry(journal.BEGIN, kind=kind, environment=str(run.folder.root), profile=run.plan.profile))
    torch = torch_pin(run.plan)
    python = next((step.version for step in run.plan.steps if isinstance(step, ProvidePython)), "")
    lock_lines = next((step.constraints for step in run.plan.steps if isinstance(step, InstallPackages)), ())
    told = {"profile": run.plan.profile, "python": python, "torch": torch, "cuda": cuda_tag(torch)}
    before = state.read(run.folder)  # a plan that changes a part says nothing about the rest
    state.write(
        run.folder,
        state.BUILDING,
        **{name: value or before.get(name, "") for name, value in told.items()},
        environment=str(run.folder.root),
        plan=state.plan_hash(wanted),
        lock=state.lines_hash(lock_lines),
        kind=kind,
    )


def _adopts(plan: Plan) -> bool:
    return any(isinstance(step, AdoptEnvironment) for step in plan.steps)


def _step(run: Run, step: Step, place: int, fingerprint: str) -> StepResult:
    run.note(journal.Entry(journal.STARTED, step.id, fingerprint))
    run.on_event(StepStarted(step.id, step.title, place + 1, len(run.plan.steps)))
    start = time.monotonic()
    try:
        outcome = kind_of(step).do(step, run)
    except (EnvdocError, OSError) as error:
        run.note(journal.Entry(journal.FAILED, step.id, fingerprint, detail=str(error)))
        state.write(run.folder, state.FAILED)
        raise
    return _ended(run, step, fingerprint, outcome, time.monotonic() - start)


def _ended(run: Run, step: Step, fingerprint: str, outcome: Outcome, seconds: float) -> StepResult:
    status = StepStatus.DONE if outcome.changed else StepStatus.UNCHANGED
    event = journal.DONE
    if outcome.failed:
        status, event = StepStatus.FAILED, journal.FAILED
    run.base_python = outcome.data.get("python", "") or run.base_python
    told = outcome.detail or joined((finding.summary for finding in outcome.findings), "; ")
    run.note(journal.Entry(event, step.id, fingerprint, detail=told, data=outcome.data))
    log = run.log_path(step.id)
    result = StepResult(step.id, step.title, status, seconds, outcome.detail, log, outcome.findings)
    run.on_event(StepEnded(result))
    return result


def _end(run: Run, results: tuple[StepResult, ...], failed: bool) -> InstallResult:
    """Mark the environment: usable only when every step is done and a proof was among them."""
    usable = not failed and quick.proves(run.plan)
    if usable:
        known = proved.remember(run.folder)
        run.note(journal.Entry(journal.USABLE, profile=run.plan.profile, data={"boot": proved.boot()}))
        state.write(run.folder, state.USABLE, installed=known, **_torch_found(run))
    elif failed:
        state.write(run.folder, state.FAILED)
    elif journal.kind_of(run.entries) == journal.ADOPTED:
        state.write(run.folder, state.ADOPTED)
    findings = tuple(finding for result in results for finding in result.findings)
    return InstallResult(run.plan.environment, run.plan.profile, usable, results, run.proofs, findings)


def _torch_found(run: Run) -> dict[str, str]:
    """The torch that is there, for the state: a registry build's version does not say its CUDA, its files do."""
    cuda = torch_cuda(run.folder.site_packages)
    if cuda is None:
        return {}
    return {"torch": versions(run.folder.site_packages).get("torch", ""), "cuda": tag_of(cuda or None)}
