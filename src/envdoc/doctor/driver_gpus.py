"""The driver and each GPU: new enough for it, and not so new that it dropped it."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.driver import install_driver
from envdoc.doctor.look import capability, gpus, named, need, not_told, untold
from envdoc.doctor.picks import driver_update
from envdoc.doctor.words import found
from envdoc.findings import finding, text
from envdoc.model.finding import Finding
from envdoc.model.machine import Gpu
from envdoc.rules import drivers


@check(
    "driver-serves-gpus",
    codes=("driver-dropped-gpu", "driver-too-old-for-gpu"),
    gpu=True,
)
def driver_serves_gpus(case: Case) -> Outcome:
    have = need(case.machine.driver.version.best, "what-driver")
    branch = drivers.branch(have)
    if not branch:
        raise NotCheckedError(text("checks", "driver-not-understood", have=repr(have)))
    findings = [each for gpu in gpus(case) for each in _served(case, gpu, have, branch)]
    return found(
        *findings,
        seen=text("checks", "branch", branch=branch),
        unseen=[line for gpu in gpus(case) for line in _unknown(case, gpu)],
    )


def _unknown(case: Case, gpu: Gpu) -> Iterator[str]:
    """The name says which driver brought a GPU, the capability which one dropped it."""
    if untold(gpu.name):
        yield not_told(named(gpu), "name", gpu.name)
    elif not capability(case, gpu):
        yield not_told(named(gpu), "capability", gpu.compute_capability)


def _served(case: Case, gpu: Gpu, have: str, branch: int) -> Iterator[Finding]:
    name = gpu.name.value
    row = case.knowledge.gpu_named(name) if name else None
    first = drivers.first_branch(name, "", case.knowledge) if name else 0
    if row is not None and first > branch:
        least = str(first)
        yield finding(
            "driver-too-old-for-gpu",
            gpu=named(gpu),
            least=least,
            have=have,
            evidence=(
                text("checks", "driver-version", have=have),
                text("driver-too-old-for-gpu", "first", generation=row.generation, least=least),
            ),
            fix=driver_update(case, least),
            commands=install_driver(case),
        )
    has = capability(case, gpu)
    if drivers.dropped(has, branch, case.knowledge):
        yield _dropped(case, gpu, have, has, drivers.least_served(branch, case.knowledge))


def _dropped(case: Case, gpu: Gpu, have: str, has: str, least: str) -> Finding:
    last = drivers.last_branch(has, case.knowledge)
    return finding(
        "driver-dropped-gpu",
        have=have,
        gpu=named(gpu),
        last=last,
        evidence=(
            text("checks", "capability", has=has),
            text("driver-dropped-gpu", "serves", have=have, least=least),
        ),
    )
