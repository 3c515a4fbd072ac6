"""The driver and the CUDA runtime: new enough, or only by minor-version compatibility."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.driver import DRIVERS, install_driver
from envdoc.doctor.look import need, untold
from envdoc.doctor.picks import driver_update, pick, torch_command
from envdoc.doctor.words import finding, found, passed
from envdoc.model.cuda import tag_of
from envdoc.model.finding import Finding, Severity
from envdoc.rules import drivers

_COMPATIBILITY = "https://docs.nvidia.com/deploy/cuda-compatibility/"


@check(
    "driver-runtime",
    "Driver is new enough for the CUDA runtime",
    codes=("driver-too-old", "driver-minor-compatible"),
    gpu=True,
)
def driver_runtime(case: Case) -> Outcome:
    have = need(case.machine.driver.version.best, "driver version")
    tag, user = _wanted(case)
    driver = drivers.of_machine(case.machine)
    floor = drivers.floor(tag, driver.system, case.knowledge)
    if not floor:
        raise NotCheckedError(f"the tables have no driver floor for {tag} on {driver.system}")
    if drivers.too_old(driver, tag, case.knowledge):
        if _forward_compatible(case, tag):
            return passed(f"driver {have} runs {tag} by its forward compatibility package")
        return found(_too_old(case, have, tag, user, floor))
    if native := drivers.by_minor_compatibility(driver, tag, case.knowledge):
        return found(_minor_compatible(have, tag, floor, native))
    return passed(f"driver {have}, {tag} needs {floor}")


def _wanted(case: Case) -> tuple[str, str]:
    """The CUDA variant to judge by and who wants it."""
    torch = case.machine.target.torch.value
    if untold(case.machine.target.torch):
        need(case.machine.target.torch, "torch's files")
    if torch is not None and torch.cuda:
        return tag_of(torch.cuda), f"torch {torch.version}"
    profile = case.profile
    if profile is not None and profile.gpus is not None:
        return profile.torch.cuda[0], f"profile `{profile.id}`"
    raise NotCheckedError("no CUDA build of torch is installed and no profile is named")


def _forward_compatible(case: Case, tag: str) -> bool:
    """cuInit went well with a libcuda of the runtime's major: cuda-compat on a data-centre GPU."""
    init = case.machine.driver.cuda_init.value
    if init is None or init.result != 0:
        return False
    linux = drivers.of_machine(case.machine).system == "linux"  # Windows and WSL have no such package
    return linux and drivers.forward_compatible(init.cuda_driver_version, tag)


def _too_old(case: Case, have: str, tag: str, user: str, floor: str) -> Finding:
    choice = pick(case)
    other = f", or install a torch for this driver ({choice.cuda})" if choice else ""
    return finding(
        Severity.ERROR,
        "driver-too-old",
        f"Driver {have} is too old for {user}: CUDA runtime {tag} needs {floor} or newer",
        evidence=(f"driver version: {have}", f"least driver for {tag}: {floor}"),
        fix=driver_update(case, floor) + other,
        commands=(*install_driver(case), *torch_command(case, choice)),
        links=(_COMPATIBILITY, DRIVERS),
    )


def _minor_compatible(have: str, tag: str, floor: str, native: str) -> Finding:
    return finding(
        Severity.INFO,
        "driver-minor-compatible",
        f"Driver {have} runs {tag} by minor-version compatibility (from {floor} on); {native} is its own driver",
        evidence=(f"driver version: {have}", f"least driver: {floor}", f"native driver: {native}"),
        fix=f"Nothing to do for torch's own kernels; code that compiles PTX at run time needs driver {native}",
        links=(_COMPATIBILITY,),
    )
