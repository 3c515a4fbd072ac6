"""The driver and each GPU: new enough for it, and not so new that it dropped it."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.driver import DRIVERS, install_driver
from envdoc.doctor.look import capability, gpus, named, need, untold
from envdoc.doctor.picks import driver_update
from envdoc.doctor.words import finding, found
from envdoc.model.finding import Finding, Severity
from envdoc.model.machine import Gpu
from envdoc.rules import drivers


@check(
    "driver-serves-gpus",
    "Driver serves each GPU",
    codes=("driver-dropped-gpu", "driver-too-old-for-gpu"),
    gpu=True,
)
def driver_serves_gpus(case: Case) -> Outcome:
    have = need(case.machine.driver.version.best, "driver version")
    branch = drivers.branch(have)
    if not branch:
        raise NotCheckedError(f"driver version {have!r} is not understood")
    findings = [each for gpu in gpus(case) for each in _served(case, gpu, have, branch)]
    return found(
        *findings, seen=f"branch {branch}", unseen=[line for gpu in gpus(case) for line in _unknown(case, gpu)]
    )


def _unknown(case: Case, gpu: Gpu) -> Iterator[str]:
    """The name says which driver brought a GPU, the capability which one dropped it."""
    if untold(gpu.name):
        yield f"{named(gpu)}: name not told: {gpu.name.reason()}"
    elif not capability(case, gpu):
        yield f"{named(gpu)}: compute capability not told: {gpu.compute_capability.reason()}"


def _served(case: Case, gpu: Gpu, have: str, branch: int) -> Iterator[Finding]:
    name = gpu.name.value
    row = case.knowledge.gpu_named(name) if name else None
    first = drivers.first_branch(name, "", case.knowledge) if name else 0
    if row is not None and first > branch:
        least = str(first)
        yield finding(
            Severity.ERROR,
            "driver-too-old-for-gpu",
            f"{named(gpu)} needs driver {least} or newer; this one is {have}",
            evidence=(f"driver version: {have}", f"first driver for {row.generation}: {least}"),
            fix=driver_update(case, least),
            commands=install_driver(case),
            links=(DRIVERS,),
        )
    has = capability(case, gpu)
    if drivers.dropped(has, branch, case.knowledge):
        yield _dropped(case, gpu, have, has, drivers.least_served(branch, case.knowledge))


def _dropped(case: Case, gpu: Gpu, have: str, has: str, least: str) -> Finding:
    last = drivers.last_branch(has, case.knowledge)
    return finding(
        Severity.ERROR,
        "driver-dropped-gpu",
        f"Driver {have} no longer serves {named(gpu)}; branch {last} is the last that does",
        evidence=(f"compute capability: {has}", f"driver {have} serves {least} and newer"),
        fix=f"Install a driver of branch {last}",
        links=(DRIVERS,),
    )
