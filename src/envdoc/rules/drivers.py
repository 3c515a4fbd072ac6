"""Driver versions against what CUDA variants and GPUs need. Nobody else compares them.

Under WSL the driver is Windows' own, with Windows' numbers. A driver that is not known is held against nothing.
"""

from __future__ import annotations

from envdoc.findings import text
from envdoc.knowledge.rows import DriverBranchRow
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import cuda_of, version_tuple
from envdoc.model.machine import Machine, OperatingSystem, System
from envdoc.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Driver:
    """The driver at hand. `version` ("580.95.05", or a branch alone, which stands for its newest release) and
    `cuda` (CUDA driver version, "13.0") are "" where unknown; `system` says whose numbers these are."""

    version: str
    system: str  # "linux" | "windows"
    cuda: str = ""


def whose(system: System, *, wsl: bool) -> str:
    """Whose driver numbers hold."""
    return "windows" if wsl or system is System.WINDOWS else "linux"


def under_wsl(os: OperatingSystem) -> bool:
    """Whether this is known to be WSL; where nothing tells it, plain Linux' numbers hold."""
    return os.wsl.value in (1, 2)


def of_machine(machine: Machine) -> Driver:
    """The machine's driver."""
    numbers = whose(machine.os.system, wsl=under_wsl(machine.os))
    return Driver(machine.driver.version.value or "", numbers, machine.driver.cuda.value or "")


def update(least: str, system: System, *, wsl: bool = False, container: bool = False) -> str:
    """How to get a newer driver on a system, in words."""
    if wsl:
        return text("checks", "driver-wsl", least=least)
    if system is System.WINDOWS:
        return text("checks", "driver-windows", least=least)
    return text("checks", "driver-container" if container else "driver-linux", least=least)


def comparable(version: str) -> tuple[int, ...]:
    """A driver version to compare; a branch alone (`580`) stands for its newest release."""
    parts = version_tuple(version)
    return parts if len(parts) > 1 else (*parts, 10**6)


def floor(tag: str, system: str, knowledge: Knowledge) -> str:
    """The least driver for a CUDA variant by minor-version compatibility; "" for cpu and where nobody knows."""
    return knowledge.driver_floor(tag, system)


def native(tag: str, system: str, knowledge: Knowledge) -> str:
    """The driver from which a CUDA variant needs no minor-version compatibility; "" where nobody knows."""
    return knowledge.native_driver(tag, system)


def too_old(driver: Driver, tag: str, knowledge: Knowledge) -> str:
    """The least driver for a CUDA variant where this one is older, else "".

    Without a version the CUDA that the driver offers decides: the majors are what the floors are made of.
    """
    least = floor(tag, driver.system, knowledge)
    if not least:
        return ""
    if version_tuple(driver.version):
        return least if comparable(driver.version) < version_tuple(least) else ""
    if version_tuple(driver.cuda):
        return least if version_tuple(driver.cuda)[0] < version_tuple(cuda_of(tag) or "0")[0] else ""
    return ""


def serves(driver: Driver, tag: str, knowledge: Knowledge) -> bool:
    """Whether a CUDA variant runs on this driver, as far as is known."""
    return not too_old(driver, tag, knowledge)


def by_minor_compatibility(driver: Driver, tag: str, knowledge: Knowledge) -> str:
    """The native driver of a variant where this one is older than it (and serves it all the same), else ""."""
    own = native(tag, driver.system, knowledge)
    return own if own and version_tuple(driver.version) and comparable(driver.version) < version_tuple(own) else ""


def compiles_ptx(driver: Driver, tag: str, knowledge: Knowledge) -> bool | None:
    """Whether the driver compiles PTX that a variant's toolkit made: not before the driver that is the toolkit's own.
    None where nobody knows."""
    wanted, offered = version_tuple(cuda_of(tag) or ""), version_tuple(driver.cuda)
    if wanted and offered:
        return offered >= wanted
    own = native(tag, driver.system, knowledge)
    if not own or not version_tuple(driver.version):
        return None
    return comparable(driver.version) >= version_tuple(own)


def forward_compatible(cuda_driver: str, tag: str) -> bool:
    """Whether a libcuda that answered with this CUDA driver version runs the variant, whatever the kernel driver:
    cuda-compat on a data-centre GPU."""
    offered, wanted = version_tuple(cuda_driver), version_tuple(cuda_of(tag) or "")
    return bool(offered and wanted) and offered[0] >= wanted[0]


def branch(version: str) -> int:
    """`580` of `580.95.05`; 0 where it is not understood."""
    return next(iter(version_tuple(version)), 0)


def least_served(of_branch: int, knowledge: Knowledge) -> str:
    """The least compute capability that a driver branch serves; "" where nobody knows."""
    row = _row(of_branch, knowledge)
    return row.capability_min if row else ""


def cuda_of_branch(of_branch: int, knowledge: Knowledge) -> str:
    """The CUDA driver version that a branch offers, "13.0"; "" where nobody knows."""
    row = _row(of_branch, knowledge)
    return row.cuda if row else ""


def _row(of_branch: int, knowledge: Knowledge) -> DriverBranchRow | None:
    """The branch's row, or that of the nearest older one."""
    rows = (row for row in knowledge.driver_branches if row.branch <= of_branch)
    return max(rows, key=lambda row: row.branch, default=None)


def dropped(capability: str, of_branch: int, knowledge: Knowledge) -> bool:
    """Whether a driver branch no longer serves a compute capability."""
    least = least_served(of_branch, knowledge)
    return bool(capability and least) and version_tuple(capability) < version_tuple(least)


def last_branch(capability: str, knowledge: Knowledge) -> int:
    """The newest driver branch that serves a compute capability; 0 where none is known."""
    have = version_tuple(capability)
    serving = (row.branch for row in knowledge.driver_branches if version_tuple(row.capability_min) <= have)
    return max(serving, default=0)


def first_branch(name: str, capability: str, knowledge: Knowledge) -> int:
    """The driver branch that a GPU's hardware needs at least: by its name, else by the least of its kind."""
    row = knowledge.gpu_named(name) if name else None
    if row is not None:
        return row.driver_min
    return min((each.driver_min for each in knowledge.gpus if each.capability == capability), default=0)
