"""The driver: there, loaded, of one piece, and new enough for the CUDA runtime and for each GPU."""

from __future__ import annotations

from envdoc.doctor.base import BlindError, Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import has_gpu, in_container, in_wsl, need, on_linux, on_windows, untold
from envdoc.doctor.words import finding, found, passed, per_shell, run
from envdoc.model.facts import Fact, Why
from envdoc.model.finding import Command, Finding, Severity

DRIVERS = "https://www.nvidia.com/drivers"


@check(
    "driver-present",
    "NVIDIA driver",
    codes=("no-driver", "driver-not-loaded", "nouveau-driver", "wsl-driver-blocked"),
    gpu=True,
    decisive=True,
)
def driver_present(case: Case) -> Outcome:
    driver = case.machine.driver
    version = driver.version.best
    if version.known:
        cuda = driver.cuda.value
        return passed(f"driver {version.value}" + (f", CUDA driver version {cuda}" if cuda else ""))
    if driver.kernel_module.known:
        return passed(f"kernel module {driver.kernel_module.value} is loaded")
    if version.why in (Why.TIMED_OUT, Why.DENIED, Why.NOT_ASKED):
        raise BlindError(f"driver version: {version.reason()}")
    if in_wsl(case) and driver.nvml.why is Why.FAILED:
        return found(_blocked_in_wsl(case))
    if driver.nouveau.value:
        return found(_nouveau(case))
    if driver.nvml.why is Why.FAILED or driver.smi.known:
        return found(_not_loaded(case))
    return found(_no_driver(case))


def _told(case: Case) -> list[str]:
    driver = case.machine.driver
    told = {"NVML": driver.nvml, "nvidia-smi": driver.smi, "kernel module": driver.kernel_module}
    lines = [f"{name}: {fact.reason()}" for name, fact in told.items() if fact.why not in (None, Why.NOT_ASKED)]
    return [*lines, *(f"on the PCI bus: {each}" for each in (driver.pci.value or ())[:4])]


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
    fix = f"Install the NVIDIA driver from {DRIVERS}"
    if in_wsl(case):
        fix = "Install the NVIDIA driver on Windows itself, never inside WSL, then run `wsl --shutdown`"
    elif has_gpu(case) and in_container(case):
        fix = "The container gets the host's driver with its GPUs: start it with `--gpus all`"
    elif not has_gpu(case):
        fix = "A machine without an NVIDIA GPU needs none: judge it for work on the CPU"
    cpu = run("envdoc check --profile cpu") if not has_gpu(case) else ()
    return finding(
        Severity.ERROR,
        "no-driver",
        "No NVIDIA driver is installed",
        evidence=_told(case),
        fix=fix,
        commands=cpu or install_driver(case),
        links=(DRIVERS,),
    )


def _not_loaded(case: Case) -> Finding:
    linux = on_linux(case)
    return finding(
        Severity.ERROR,
        "driver-not-loaded",
        "The NVIDIA driver is installed, but not loaded",
        evidence=_told(case),
        fix="Load the module; if it is missing for this kernel, or Secure Boot refuses it, install the driver "
        "package again with the kernel's headers and reboot"
        if linux
        else "Restart Windows; if it stays so, install the driver again",
        commands=per_shell(bash="sudo modprobe nvidia && nvidia-smi") if linux else run("nvidia-smi"),
        links=(DRIVERS,),
    )


def _blocked_in_wsl(case: Case) -> Finding:
    return finding(
        Severity.ERROR,
        "wsl-driver-blocked",
        "WSL cannot reach Windows' NVIDIA driver",
        evidence=_told(case),
        fix="Remove every Linux NVIDIA driver package inside WSL and keep /usr/lib/x86_64-linux-gnu off "
        "LD_LIBRARY_PATH; the driver belongs on Windows. Then restart WSL",
        commands=per_shell(bash="sudo apt-get remove --purge '^nvidia-.*' '^libnvidia-.*'", cmd="wsl --shutdown"),
        links=("https://docs.nvidia.com/cuda/wsl-user-guide/",),
    )


def _nouveau(case: Case) -> Finding:
    return finding(
        Severity.ERROR,
        "nouveau-driver",
        "The open driver nouveau holds the GPU; it cannot run CUDA",
        evidence=("kernel module nouveau is loaded", *_told(case)),
        fix="Install NVIDIA's driver, which shuts nouveau out, and reboot",
        commands=install_driver(case),
        links=(DRIVERS,),
    )


@check(
    "driver-consistent", "Driver and its libraries agree", codes=("driver-library-mismatch",), gpu=True, decisive=True
)
def driver_consistent(case: Case) -> Outcome:
    driver = case.machine.driver
    told = {fact.value: fact.source for fact in _loaded(case)}
    if _MISMATCH in (driver.nvml.code, driver.smi.code) or len(told) > 1:
        return found(_mismatch(case))
    if not told:
        need(driver.version.best, "driver version")
        raise NotCheckedError("no driver is loaded")
    sources = ", ".join(fact.source for fact in _loaded(case))
    unseen = () if driver.nvml.known or driver.smi.known else [f"NVML: {driver.nvml.reason()}"]
    return found(seen=f"{next(iter(told))} by {sources}", unseen=unseen)


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
        told.append(f"loaded kernel module: {driver.kernel_module.value}")
    return finding(
        Severity.ERROR,
        "driver-library-mismatch",
        "The loaded driver and its libraries have different versions: the driver was updated and not yet restarted",
        evidence=[*dict.fromkeys(told), driver.nvml.reason() and f"NVML: {driver.nvml.reason()}"],
        fix="Reboot. Installing anything again does not help; no package can mend this",
        commands=per_shell(bash="sudo reboot", cmd="shutdown /r /t 0"),
        links=("https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceEnumvs.html",),
        broken=True,
    )
