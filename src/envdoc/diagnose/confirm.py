"""Confirm or rule out what a log says against a probed machine: "your torch is cu126: confirmed"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from envdoc.diagnose.logic import Case
from envdoc.diagnose.values import Match
from envdoc.model.cuda import tag_of, version_tuple
from envdoc.model.facts import Why
from envdoc.model.finding import Severity
from envdoc.model.machine import Machine, Package, System
from envdoc.rules import drivers
from envdoc.rules.coverage import covers

# True: confirmed; False: ruled out on this machine; None: it cannot tell. With the words for the report.
Verdict = tuple[bool | None, str]


def confirmed(match: Match, case: Case) -> Match:
    """The match with a note of what the machine says; ruled out ones become info."""
    machine, ask = case.context.machine, _QUESTIONS.get(match.code)
    if machine is None or ask is None:
        return match
    verdict, words = ask(match, machine)
    if verdict is None:
        return match
    if verdict:
        return replace(match, notes=(*match.notes, f"confirmed on this machine: {words}"))
    note = f"ruled out on this machine: {words}; the log may come from another one or from an earlier state"
    return replace(match, notes=(*match.notes, note), severity=Severity.INFO)


def _cpu_torch(_match: Match, machine: Machine) -> Verdict:
    torch = machine.target.torch.value
    if torch is None:
        return None, ""
    runtime = f", for CUDA {torch.cuda}" if torch.cuda else ""
    return torch.cuda is None, f"torch is {torch.version}{runtime}"


def _arch_not_in_torch(_match: Match, machine: Machine) -> Verdict:
    torch, gpus = machine.target.torch.value, machine.gpus.value
    if torch is None or not gpus or torch.arch_list.value is None:
        return None, ""
    lacking = [c for gpu in gpus if (c := gpu.compute_capability.value) and not covers(torch.arch_list.value, c)]
    if lacking:
        built = " ".join(torch.arch_list.value)
        return True, f"your torch is {tag_of(torch.cuda)} ({built}), a GPU is compute capability {lacking[0]}"
    return False, f"torch {torch.version} has code for every GPU here"


def _driver_too_old(_match: Match, machine: Machine) -> Verdict:
    torch, cuda, version = machine.target.torch.value, machine.driver.cuda.value, machine.driver.version.value
    if cuda is None:
        return None, ""
    words = f"driver {version or '?'} offers CUDA {cuda}"
    wanted = torch.cuda if torch is not None else None
    if wanted is None:
        return None, ""
    return not drivers.forward_compatible(cuda, tag_of(wanted)), f"{words}, torch wants {wanted}"


def _no_gpu(_match: Match, machine: Machine) -> Verdict:
    gpus = machine.gpus
    if gpus.why is Why.ABSENT:
        return True, f"no GPU: {gpus.reason()}"
    return (True, "no GPU was found") if gpus.value == () else (None, "")  # not asked, not answered: it cannot tell


def _pep668(_match: Match, machine: Machine) -> Verdict:
    python = machine.target.python.value
    return (
        (None, "")
        if python is None
        else (
            python.externally_managed,
            f"{python.path} is {'' if python.externally_managed else 'not '}externally managed",
        )
    )


def _numpy2(_match: Match, machine: Machine) -> Verdict:
    numpy = _package(machine, "numpy")
    if numpy is None:
        return None, ""
    return version_tuple(numpy.version)[0] >= 2, f"numpy is {numpy.version}"


def _shm(_match: Match, machine: Machine) -> Verdict:
    shm = machine.hardware.shm.value
    return (None, "") if shm is None else (shm.total_mib < 1024, f"/dev/shm has {shm.total_mib} MiB")  # noqa: S108 - the path is shown, not used


def _headers(_match: Match, machine: Machine) -> Verdict:
    python = machine.target.python.value
    if python is None or python.headers.value is None:
        return None, ""
    return (
        not python.headers.value,
        f"Python.h is {'there' if python.headers.value else 'missing'} for Python {python.version}",
    )


def _driver_loaded(_match: Match, machine: Machine) -> Verdict:
    module = machine.driver.kernel_module
    if machine.os.system is not System.LINUX or machine.os.wsl.value != 0:
        return None, ""  # the driver is Windows' own: there is no module
    if module.why is Why.ABSENT:
        return True, f"no kernel module: {module.reason()}"
    return (None, "") if module.value is None else (False, f"the kernel module {module.value} is loaded")


def _long_paths(_match: Match, machine: Machine) -> Verdict:
    allowed = machine.windows.long_paths.value
    return (None, "") if allowed is None else (not allowed, f"long paths are {'allowed' if allowed else 'off'}")


def _package(machine: Machine, name: str) -> Package | None:
    return next((each for each in machine.target.packages.value or () if each.name == name), None)


_QUESTIONS: dict[str, Callable[[Match, Machine], Verdict]] = {
    "cpu-torch": _cpu_torch,
    "unsloth-no-accelerator": _cpu_torch,
    "arch-not-in-torch": _arch_not_in_torch,
    "driver-too-old": _driver_too_old,
    "no-gpu-visible": _no_gpu,
    "pep668": _pep668,
    "numpy2-abi": _numpy2,
    "container-shm-small": _shm,
    "python-dev-headers-missing": _headers,
    "driver-not-loaded": _driver_loaded,
    "windows-long-path": _long_paths,
}
