"""The driver and the CUDA runtime: new enough, or only by minor-version compatibility."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.driver import install_driver
from envdoc.doctor.look import need, untold
from envdoc.doctor.picks import driver_update, pick, torch_command
from envdoc.doctor.words import found, passed
from envdoc.findings import finding, text
from envdoc.model.cuda import tag_of
from envdoc.model.finding import Finding
from envdoc.rules import drivers


@check(
    "driver-runtime",
    codes=("driver-too-old", "driver-minor-compatible"),
    gpu=True,
)
def driver_runtime(case: Case) -> Outcome:
    have = need(case.machine.driver.version.best, "what-driver")
    tag, user = _wanted(case)
    driver = drivers.of_machine(case.machine)
    floor = drivers.floor(tag, driver.system, case.knowledge)
    if not floor:
        raise NotCheckedError(text("checks", "no-floor", tag=tag, system=driver.system))
    if drivers.too_old(driver, tag, case.knowledge):
        if _forward_compatible(case, tag):
            return passed(text("checks", "driver-forward", have=have, tag=tag))
        return found(_too_old(case, have, tag, user, floor))
    if native := drivers.by_minor_compatibility(driver, tag, case.knowledge):
        return found(_minor_compatible(have, tag, floor, native))
    return passed(text("checks", "driver-floor", have=have, tag=tag, floor=floor))


def _wanted(case: Case) -> tuple[str, str]:
    """The CUDA variant to judge by and who wants it."""
    torch = case.machine.target.torch.value
    if untold(case.machine.target.torch):
        need(case.machine.target.torch, "what-torch")
    if torch is not None and torch.cuda:
        return tag_of(torch.cuda), f"torch {torch.version}"
    profile = case.profile
    if profile is not None and profile.gpus is not None:
        return profile.torch.cuda[0], text("checks", "profile", profile=profile.id)
    raise NotCheckedError(text("checks", "no-cuda-torch-no-profile"))


def _forward_compatible(case: Case, tag: str) -> bool:
    """cuInit went well with a libcuda of the runtime's major: cuda-compat on a data-centre GPU."""
    init = case.machine.driver.cuda_init.value
    if init is None or init.result != 0:
        return False
    linux = drivers.of_machine(case.machine).system == "linux"  # Windows and WSL have no such package
    return linux and drivers.forward_compatible(init.cuda_driver_version, tag)


def _too_old(case: Case, have: str, tag: str, user: str, floor: str) -> Finding:
    choice = pick(case)
    update = driver_update(case, floor)
    return finding(
        "driver-too-old",
        have=have,
        user=user,
        tag=tag,
        floor=floor,
        evidence=(
            text("checks", "driver-version", have=have),
            text("driver-too-old", "least-for", tag=tag, floor=floor),
        ),
        fix=text("driver-too-old", "fix-or-torch", update=update, cuda=choice.cuda) if choice else update,
        commands=(*install_driver(case), *torch_command(case, choice)),
    )


def _minor_compatible(have: str, tag: str, floor: str, native: str) -> Finding:
    return finding(
        "driver-minor-compatible",
        have=have,
        tag=tag,
        floor=floor,
        native=native,
        evidence=(
            text("checks", "driver-version", have=have),
            text("driver-minor-compatible", "least", floor=floor),
            text("driver-minor-compatible", "native", native=native),
        ),
    )
