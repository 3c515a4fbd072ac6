"""The torch build that fits the GPU, the driver and the Python at hand or in the log."""

from __future__ import annotations

from dataclasses import replace

from envdoc.diagnose.logic import Case
from envdoc.diagnose.remedies.builds import INDEX, best, enough_known, fitting, install_command, tables
from envdoc.diagnose.remedies.drivers import driver_words
from envdoc.diagnose.values import Match
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Command, Remediation


def fitting_torch(_match: Match, case: Case) -> Remediation | None:
    """A CUDA build of torch that runs on this GPU with this driver."""
    known, knowledge = case.known, tables(case)
    if not enough_known(known):
        return _ask_resolve()
    row = best(fitting(known, knowledge), known)
    if row is not None:
        return Remediation(
            f"Install the torch build that fits{_for_what(case)}: {row.version} for {row.cuda}",
            (Command(install_command(row, known, knowledge)),),
        )
    newer = best(fitting(known, knowledge, driver_counts=False), known)
    if newer is not None:
        words = driver_words(newer.cuda, case, knowledge)
        return Remediation(
            f"{words}, then install torch {newer.version} for {newer.cuda}",
            (Command(install_command(newer, known, knowledge)),),
        )
    any_python = best(fitting(replace(known, python=""), knowledge), known)
    if any_python is not None:
        return Remediation(
            f"No torch that fits{_for_what(case)} exists for Python {known.python}: make an environment with Python "
            f"{any_python.python[-2:][0]}, then install torch {any_python.version} for {any_python.cuda} in it",
            (Command(install_command(any_python, replace(known, python=""), knowledge)),),
        )
    return Remediation(
        f"No published torch build fits{_for_what(case)}; `envdoc resolve` says which change would open one",
        (Command("envdoc resolve"),),
    )


def cuda_major_torch(match: Match, case: Case) -> Remediation | None:
    """torch for the CUDA major of the toolkit at hand, where such a build fits; or the toolkit for torch."""
    known, knowledge = case.known, tables(case)
    toolkit = match.captured.get("toolkit", known.toolkit)
    rows = [row for row in fitting(known, knowledge) if row.cuda[2:4] == toolkit.partition(".")[0]]
    row = best(rows, known)
    wished = match.captured.get("torch_built", "")
    other = f"; or install the CUDA toolkit {wished} and point CUDA_HOME at it" if wished else ""
    if not toolkit or row is None or not known.torch:
        return (
            Remediation(f"Install the CUDA toolkit {wished} beside the other one, and point CUDA_HOME at it")
            if wished
            else None
        )
    return Remediation(
        f"Install torch for CUDA {toolkit.partition('.')[0]} ({row.version} for {row.cuda}){other}",
        (Command(install_command(row, known, knowledge)),),
    )


def companions(_match: Match, case: Case) -> Remediation | None:
    """torchvision and torchaudio that belong to the torch in use."""
    known, knowledge = case.known, tables(case)
    row = knowledge.companion(known.torch) if known.torch else None
    if row is None:
        return Remediation(
            "Install torchvision and torchaudio of the same release and index as torch; "
            "`envdoc facts companions` lists the pairs",
            (Command("envdoc facts companions"),),
        )
    tag = known.torch_cuda
    local = f"+{tag}" if tag else ""
    index = f" --index-url {INDEX}{tag}" if tag else ""
    audio = (
        f" torchaudio=={row.torchaudio}{local}"
        if version_tuple(row.torchaudio)[:2] == version_tuple(row.torch)[:2]
        else ""
    )
    return Remediation(
        f"Install the torchvision that belongs to torch {known.torch}: {row.torchvision}",
        (Command(f"python -m pip install torchvision=={row.torchvision}{local}{audio}{index} --no-deps"),),
    )


def _for_what(case: Case) -> str:
    """` sm_120, driver 580.95 and Python 3.12`: what the choice was made by."""
    known = case.known
    parts = [known.gpus[0] if known.gpus else "", " and ".join(f"compute capability {c}" for c in known.capabilities)]
    parts += [
        f"driver {known.driver}"
        if known.driver
        else f"a driver for CUDA {known.cuda_driver}"
        if known.cuda_driver
        else ""
    ]
    parts += [f"Python {known.python}" if known.python else ""]
    told = ", ".join(part for part in parts if part)
    return f" {told}" if told else ""


def _ask_resolve() -> Remediation:
    return Remediation(
        "Neither the GPU nor the driver is known from the log: "
        "let `envdoc resolve` choose the torch build on the machine itself",
        (Command("envdoc resolve"),),
    )


def torch_if_known(match: Match, case: Case) -> Remediation | None:
    """As `torch`, and nothing where neither the GPU nor the driver is known."""
    return fitting_torch(match, case) if enough_known(case.known) else None


CHOOSERS = {
    "torch": fitting_torch,
    "torch-if-known": torch_if_known,
    "torch-for-toolkit": cuda_major_torch,
    "companions": companions,
}
