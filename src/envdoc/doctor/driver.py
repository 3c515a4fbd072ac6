"""The driver: there, loaded, of one piece, and new enough for the CUDA runtime and for each GPU."""

from __future__ import annotations

from envdoc.doctor.base import BlindError, Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import has_gpu, in_container, in_wsl, need, on_linux, on_windows, untold
from envdoc.doctor.words import found, passed, per_shell, run
from envdoc.findings import finding, text
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Command, Finding


@check(
    "driver-present",
    codes=("no-driver", "driver-not-loaded", "nouveau-driver", "wsl-driver-blocked"),
    gpu=True,
    decisive=True,
)
def driver_present(case: Case) -> Outcome:
    driver = case.machine.driver
    version = driver.version.best
    if version.known:
        cuda = driver.cuda.value
        return passed(text("checks", "driver-and-cuda", driver=version.value, cuda=cuda or ""))
    if driver.kernel_module.known:
        return passed(text("checks", "module-is-loaded", module=driver.kernel_module.value))
    if version.why in (Why.TIMED_OUT, Why.DENIED, Why.NOT_ASKED):
        raise BlindError(text("checks", "driver-why", why=version.reason()))
    if in_wsl(case) and driver.nvml.why is Why.FAILED:
        return found(_blocked_in_wsl(case))
    if driver.nouveau.value:
        return found(_nouveau(case))
    if driver.nvml.why is Why.FAILED or driver.smi.known:
        return found(_not_loaded(case))
    return found(_no_driver(case))


def _told(case: Case) -> list[str]:
    driver = case.machine.driver
    told = {"NVML": driver.nvml, "nvidia-smi": driver.smi, text("checks", "what-kernel-module"): driver.kernel_module}
    lines = [
        text("checks", "named", name=name, told=fact.reason())
        for name, fact in told.items()
        if fact.why not in (None, Why.NOT_ASKED)
    ]
    return [*lines, *(text("checks", "on-bus", each=each) for each in (driver.pci.value or ())[:4])]


def install_driver(case: Case) -> tuple[Command, ...]:
    """A pasteable way to a driver, where the system has one."""
    os = case.machine.os
    if in_wsl(case) or on_windows(case) or in_container(case) or untold(os.container):
        return ()  # the driver belongs to the system outside, or may
    name = os.name.value or ""
    if name.startswith("Ubuntu"):
        return per_shell(bash="sudo ubuntu-drivers install && sudo reboot")
    if name.startswith("Fedora"):
        return per_shell(bash="sudo dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda && sudo reboot")
    return ()


def _no_driver(case: Case) -> Finding:
    fix = "fix"
    if in_wsl(case):
        fix = "fix-wsl"
    elif has_gpu(case) and in_container(case):
        fix = "fix-container"
    elif not has_gpu(case):
        fix = "fix-no-gpu"
    cpu = run("envdoc check --profile cpu") if not has_gpu(case) else ()
    return finding(
        "no-driver",
        evidence=_told(case),
        fix=fix,
        commands=cpu or install_driver(case),
    )


def _not_loaded(case: Case) -> Finding:
    linux = on_linux(case)
    return finding(
        "driver-not-loaded",
        evidence=_told(case),
        fix="fix" if linux else "fix-windows",
        commands=per_shell(bash="sudo modprobe nvidia && nvidia-smi") if linux else run("nvidia-smi"),
    )


def _blocked_in_wsl(case: Case) -> Finding:
    return finding(
        "wsl-driver-blocked",
        evidence=_told(case),
        commands=per_shell(bash="sudo apt-get remove --purge '^nvidia-.*' '^libnvidia-.*'", cmd="wsl --shutdown"),
    )


def _nouveau(case: Case) -> Finding:
    return finding(
        "nouveau-driver",
        evidence=(text("nouveau-driver", "loaded"), *_told(case)),
        commands=install_driver(case),
    )


@check("driver-consistent", codes=("driver-library-mismatch",), gpu=True, decisive=True)
def driver_consistent(case: Case) -> Outcome:
    driver = case.machine.driver
    told = {fact.value: fact.source for fact in _loaded(case)}
    if _MISMATCH in (driver.nvml.code, driver.smi.code) or len(told) > 1:
        return found(_mismatch(case))
    if not told:
        need(driver.version.best, "what-driver")
        raise NotCheckedError(text("checks", "no-driver-loaded"))
    sources = ", ".join(fact.source for fact in _loaded(case))
    unseen = (
        ()
        if driver.nvml.known or driver.smi.known
        else [text("checks", "named", name="NVML", told=driver.nvml.reason())]
    )
    return found(seen=text("checks", "told-by", told=next(iter(told)), sources=sources), unseen=unseen)


_MISMATCH = "NVML_ERROR_LIB_RM_VERSION_MISMATCH"
# What Windows' registry tells is what is installed for an adapter (each may have its own, a removed one too), not
# what is loaded.
_INSTALLED = "registry"


def _loaded(case: Case) -> list[Fact[str]]:
    """The readings that tell a version which is loaded, in the kernel or in a program."""
    return [fact for fact in case.machine.driver.version.facts if fact.known and fact.source != _INSTALLED]


def _mismatch(case: Case) -> Finding:
    driver = case.machine.driver
    told = [f"{fact.source}: {fact.value}" for fact in _loaded(case)]
    if driver.kernel_module.known and driver.kernel_module.source != _INSTALLED:
        told.append(text("driver-library-mismatch", "loaded", module=driver.kernel_module.value))
    return finding(
        "driver-library-mismatch",
        evidence=[
            *dict.fromkeys(told),
            text("checks", "named", name="NVML", told=driver.nvml.reason()) if driver.nvml.reason() else "",
        ],
        commands=per_shell(bash="sudo reboot", cmd="shutdown /r /t 0"),
    )
