"""The torch build that fits the GPU, the driver and the Python at hand or in the log."""

from __future__ import annotations

from envdoc.diagnose.logic import Case
from envdoc.diagnose.remedies.builds import (
    choosing,
    enough_known,
    fitting,
    install,
    install_choice,
    tables,
)
from envdoc.diagnose.remedies.drivers import driver_words
from envdoc.diagnose.values import Match
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Command, Remediation
from envdoc.rules import torch_choice
from envdoc.rules.commands import PYTORCH, command


def fitting_torch(_match: Match, case: Case) -> Remediation | None:
    """A CUDA build of torch that runs on this GPU with this driver."""
    if not enough_known(case):
        return _ask_resolve()
    choice = fitting(case)
    if choice is not None:
        return Remediation(
            f"Install the torch build that fits{_for_what(case)}: {choice.torch} for {choice.cuda}",
            install_choice(case, choice),
        )
    return _driver_first(case) or _new_environment(case) or _nothing(case)


def _driver_first(case: Case) -> Remediation | None:
    """Where only the driver stands in the way: the driver, then the build."""
    newer = fitting(case, driver_counts=False)
    if newer is None or torch_choice.fresh(choosing(case)) is not None:
        return None
    words = driver_words(newer.cuda, case, tables(case))
    return Remediation(f"{words}, then install torch {newer.torch} for {newer.cuda}", install_choice(case, newer))


def _new_environment(case: Case) -> Remediation | None:
    """Where only the Python stands in the way: a new environment."""
    fresh, known = torch_choice.fresh(choosing(case)), case.known
    if fresh is None or torch_choice.options(choosing(case), known.python):
        return None
    return Remediation(
        f"No torch that fits{_for_what(case)} exists for Python {known.python}: make an environment with Python "
        f"{fresh.python} and torch {fresh.torch} for {fresh.cuda}",
        command("envdoc", "install", "--profile", fresh.profile, system=known.system),
    )


def _nothing(case: Case) -> Remediation:
    best = torch_choice.for_environment(choosing(case), case.known.python)
    if best is not None:  # and it is in place
        return Remediation(
            f"torch {best.torch} for {best.cuda} is what fits{_for_what(case)}, and no newer build does: "
            "another torch is no remedy"
        )
    return Remediation(
        f"No published torch build fits{_for_what(case)}; `envdoc resolve` says which change would open one",
        (Command("envdoc resolve"),),
    )


def cuda_major_torch(match: Match, case: Case) -> Remediation | None:
    """torch for the CUDA major of the toolkit at hand, where such a build fits; or the toolkit for torch."""
    known = case.known
    toolkit = match.captured.get("toolkit", known.toolkit)
    every = torch_choice.options(choosing(case), known.python) if toolkit and enough_known(case) else ()
    choice = next((each for each in every if each.cuda[2:4] == toolkit.partition(".")[0]), None)
    wished = match.captured.get("torch_built", "")
    other = f"; or install the CUDA toolkit {wished} and point CUDA_HOME at it" if wished else ""
    if choice is None or not known.torch:
        return (
            Remediation(f"Install the CUDA toolkit {wished} beside the other one, and point CUDA_HOME at it")
            if wished
            else None
        )
    return Remediation(
        f"Install torch for CUDA {toolkit.partition('.')[0]} ({choice.torch} for {choice.cuda}){other}",
        install_choice(case, choice),
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
    packages = [("torchvision", row.torchvision + local)]
    if version_tuple(row.torchaudio)[:2] == version_tuple(row.torch)[:2]:
        packages.append(("torchaudio", row.torchaudio + local))
    index = ("--index-url", f"{PYTORCH}/{tag}") if tag else ()
    return Remediation(
        f"Install the torchvision that belongs to torch {known.torch}: {row.torchvision}",
        install(case, [f"{name}=={version}" for name, version in packages], *index, "--no-deps"),
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
        "Which GPU it is, is not known from the log: "
        "let `envdoc resolve` choose the torch build on the machine itself",
        (Command("envdoc resolve"),),
    )


def torch_if_known(match: Match, case: Case) -> Remediation | None:
    """As `torch`, and nothing where neither the GPU nor the driver is known."""
    return fitting_torch(match, case) if enough_known(case) else None


CHOOSERS = {
    "torch": fitting_torch,
    "torch-if-known": torch_if_known,
    "torch-for-toolkit": cuda_major_torch,
    "companions": companions,
}
