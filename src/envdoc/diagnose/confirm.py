"""Confirm or rule out what a log says against a probed machine: "your torch is cu126: confirmed"."""

from __future__ import annotations

from collections.abc import Callable

from envdoc.diagnose.logic import Case
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.model.cuda import tag_of, version_tuple
from envdoc.model.facts import Why
from envdoc.model.finding import Severity
from envdoc.model.machine import Machine, Package, System
from envdoc.model.value import replace
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
    note = text("diagnose", "confirmed" if verdict else "ruled-out", what=words)
    if verdict:
        return replace(match, notes=(*match.notes, note))
    return replace(match, notes=(*match.notes, note), severity=Severity.INFO)


def _cpu_torch(_match: Match, machine: Machine) -> Verdict:
    torch = machine.target.torch.value
    if torch is None:
        return None, ""
    return torch.cuda is None, text("diagnose", "is-torch", torch=torch.version, cuda=torch.cuda or "")


def _arch_not_in_torch(_match: Match, machine: Machine) -> Verdict:
    torch, gpus = machine.target.torch.value, machine.gpus.value
    if torch is None or not gpus or torch.arch_list.value is None:
        return None, ""
    lacking = [c for gpu in gpus if (c := gpu.compute_capability.value) and not covers(torch.arch_list.value, c)]
    if lacking:
        built, tag = " ".join(torch.arch_list.value), tag_of(torch.cuda)
        return True, text("diagnose", "is-lacking", tag=tag, built=built, capability=lacking[0])
    return False, text("diagnose", "is-covered", torch=torch.version)


def _driver_too_old(_match: Match, machine: Machine) -> Verdict:
    torch, cuda, version = machine.target.torch.value, machine.driver.cuda.value, machine.driver.version.value
    if cuda is None:
        return None, ""
    wanted = torch.cuda if torch is not None else None
    if wanted is None:
        return None, ""
    words = text("diagnose", "is-driver", driver=version or "?", cuda=cuda, wanted=wanted)
    return not drivers.forward_compatible(cuda, tag_of(wanted)), words


def _no_gpu(_match: Match, machine: Machine) -> Verdict:
    gpus = machine.gpus
    if gpus.why is Why.ABSENT:
        return True, text("diagnose", "is-no-gpu", why=gpus.reason())
    none = text("diagnose", "is-no-gpu", why="")
    return (True, none) if gpus.value == () else (None, "")  # not asked, not answered: it cannot tell


def _pep668(_match: Match, machine: Machine) -> Verdict:
    python = machine.target.python.value
    if python is None:
        return None, ""
    name = "is-managed" if python.externally_managed else "is-not-managed"
    return python.externally_managed, text("diagnose", name, python=python.path)


def _numpy2(_match: Match, machine: Machine) -> Verdict:
    numpy = _package(machine, "numpy")
    if numpy is None:
        return None, ""
    return version_tuple(numpy.version)[0] >= 2, text("diagnose", "is-numpy", numpy=numpy.version)


def _shm(_match: Match, machine: Machine) -> Verdict:
    shm = machine.hardware.shm.value
    return (None, "") if shm is None else (shm.total_mib < 1024, text("diagnose", "is-shm", size=shm.total_mib))


def _headers(_match: Match, machine: Machine) -> Verdict:
    python = machine.target.python.value
    if python is None or python.headers.value is None:
        return None, ""
    name = "is-headers" if python.headers.value else "is-no-headers"
    return not python.headers.value, text("diagnose", name, python=python.version)


def _driver_loaded(_match: Match, machine: Machine) -> Verdict:
    module = machine.driver.kernel_module
    if machine.os.system is not System.LINUX or machine.os.wsl.value != 0:
        return None, ""  # the driver is Windows' own: there is no module
    if module.why is Why.ABSENT:
        return True, text("diagnose", "is-no-module", why=module.reason())
    if module.value is None:
        return None, ""
    return False, text("diagnose", "is-module", module=module.value)


def _long_paths(_match: Match, machine: Machine) -> Verdict:
    allowed = machine.windows.long_paths.value
    if allowed is None:
        return None, ""
    return not allowed, text("diagnose", "is-long-paths" if allowed else "is-no-long-paths")


def _package(machine: Machine, name: str) -> Package | None:
    return next((each for each in machine.target.packages.value or () if each.name == name), None)


_QUESTIONS: dict[str, Callable[[Match, Machine], Verdict]] = {
    "torch-cpu-build": _cpu_torch,
    "unsloth-no-accelerator": _cpu_torch,
    "gpu-not-in-torch-build": _arch_not_in_torch,
    "driver-too-old": _driver_too_old,
    "no-gpu-visible": _no_gpu,
    "pep668": _pep668,
    "numpy2-abi": _numpy2,
    "shm-small": _shm,
    "python-headers-missing": _headers,
    "driver-not-loaded": _driver_loaded,
    "path-too-long": _long_paths,
}
