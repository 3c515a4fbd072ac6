"""`envdoc check --train FILE`: the training file judged beside the machine and the environment on it."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.finding import CheckResult, Report
from envdoc.model.machine import Origin
from envdoc.model.profile import Profile
from envdoc.model.value import replace
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import MachineWish

Names = tuple[str, ...]


def check_with_training(
    host: Host, wish: MachineWish, named: Profile | None, path: str, *, only: Names, skip: Names, require: Names
) -> Report:
    """The report on the machine with the training file's checks, and the methods that work on the machine.

    `path` is the file, or the command line itself. On a snapshot nothing but the file is read. Where `only` names
    nothing of the machine, the machine is not judged. `require` names the machine's checks.
    """
    from envdoc.doctor.runner import understand
    from envdoc.training.config import judge, load
    from envdoc.training.config.methods import methods
    from envdoc.workflow.check import judge as judge_machine

    theirs, unwanted = (tuple(name for name in names if name not in codes()) for names in (only, skip))
    alone = bool(only) and not theirs and not require
    if not alone and (theirs or unwanted or require):
        understand(theirs, unwanted, require)
    machine = obtain(host, wish)
    report = Report(machine, ())
    if not alone:
        report = judge_machine(machine, named, only=theirs, skip=unwanted, require=require)
    run = load(host, path, machine, elsewhere=machine.origin is not Origin.PROBED)
    results = tuple(kept for each in judge(run) if (kept := _narrowed(each, only, skip)) is not None)
    return replace(report, checks=(*report.checks, *results), methods=methods(run))


def codes() -> frozenset[str]:
    """Every id and code of a training file's checks that `--only` and `--skip` may name."""
    from envdoc.training.config.checks import CHECKS

    return frozenset(name for check in CHECKS for name in (check.id, *check.codes))


def _narrowed(result: CheckResult, only: Names, skip: Names) -> CheckResult | None:
    """What `--only` and `--skip` leave of a check; None where they leave it out."""
    from envdoc.rules.checking import narrowed

    wanted = tuple(name for name in only if name in codes())
    if result.id in skip or (only and not wanted):
        return None
    kept = narrowed(result, wanted, skip)
    return kept if kept.findings or not only or result.id in only else None
