"""Which published torch build fits what is known of GPU, driver, system and Python."""

from __future__ import annotations

from envdoc.diagnose.known import Known
from envdoc.diagnose.logic import Case
from envdoc.knowledge.rows import TorchRow
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import cuda_of, version_tuple
from envdoc.model.machine import System
from envdoc.rules.coverage import covers

INDEX = "https://download.pytorch.org/whl/"


def tables(case: Case) -> Knowledge:
    """The tables that were given, else those that travel with envdoc."""
    if case.context.knowledge is not None:
        return case.context.knowledge
    from envdoc.knowledge.tables import load

    return load()


def enough_known(known: Known) -> bool:
    """Whether a build may be proposed at all: a GPU or a driver must be known, not only wished."""
    return bool(known.capabilities or known.driver or known.cuda_driver)


def fitting(known: Known, knowledge: Knowledge, *, driver_counts: bool = True) -> list[TorchRow]:
    """CUDA builds that run here, in the table's order; `driver_counts` off: as if the driver were new enough."""
    return [row for row in knowledge.torch if fits(row, known, knowledge, driver_counts=driver_counts)]


def fits(row: TorchRow, known: Known, knowledge: Knowledge, *, driver_counts: bool = True) -> bool:
    """Whether one build has code for every GPU, a wheel for the Python, and a driver new enough."""
    system = "linux" if known.system is not System.WINDOWS else "windows"
    if row.cuda == "cpu" or (row.os, row.arch) != (system, known.arch):
        return False
    if known.python and known.python not in row.python:
        return False
    if not all(covers(row.sm, capability) for capability in known.capabilities):
        return False
    return not driver_counts or driver_serves(row.cuda, known, knowledge)


def driver_serves(tag: str, known: Known, knowledge: Knowledge) -> bool:
    """Whether the driver is new enough for a CUDA tag; an unknown driver counts as new enough."""
    if known.driver:
        floor = knowledge.driver_floor(tag, known.system.value)
        return not floor or version_tuple(known.driver) >= version_tuple(floor)
    if known.cuda_driver:
        return version_tuple(known.cuda_driver)[0] >= version_tuple(cuda_of(tag) or "0")[0]
    return True


def best(rows: list[TorchRow], known: Known) -> TorchRow | None:
    """The least change: the torch line in use, else the next newer one, else the newest; its highest CUDA."""
    if not rows:
        return None
    lines = sorted({version_tuple(row.version) for row in rows})
    now = version_tuple(known.torch)[:2]
    at_least = [line for line in lines if now and line >= now]
    line = at_least[0] if at_least else lines[-1]
    return max(
        (row for row in rows if version_tuple(row.version) == line),
        key=lambda row: version_tuple(cuda_of(row.cuda) or "0"),
    )


def patch_of(row: TorchRow, known: Known) -> str:
    """The exact release: the one in use where the build has it, else the line's last."""
    return known.torch if known.torch in row.patches else row.patches[-1]


def install_command(row: TorchRow, known: Known, knowledge: Knowledge) -> str:
    """The one command that installs torch and its companions from one index.

    The local tag is written out (`torch==2.8.0+cu128`): pip takes an installed `2.8.0+cpu` for `2.8.0`.
    """
    exact = patch_of(row, known)
    companion = knowledge.companion(exact)
    packages = [f"torch=={exact}+{row.cuda}"]
    if companion and companion.torchvision:
        packages.append(f"torchvision=={companion.torchvision}+{row.cuda}")
    if companion and companion.torchaudio and version_tuple(companion.torchaudio)[:2] == version_tuple(exact)[:2]:
        packages.append(f"torchaudio=={companion.torchaudio}+{row.cuda}")
    return f"python -m pip install {' '.join(packages)} --index-url {INDEX}{row.cuda}"
