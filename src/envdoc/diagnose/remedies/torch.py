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
from envdoc.findings import text
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Command, Remediation
from envdoc.model.text import joined
from envdoc.rules import torch_choice
from envdoc.rules.commands import PYTORCH, command


def fitting_torch(_match: Match, case: Case) -> Remediation | None:
    """A CUDA build of torch that runs on this GPU with this driver."""
    if not enough_known(case):
        return _ask_resolve()
    choice = fitting(case)
    if choice is not None:
        return Remediation(
            text("diagnose", "fitting-torch", what=_for_what(case), version=choice.torch, cuda=choice.cuda),
            install_choice(case, choice),
        )
    return _driver_first(case) or _new_environment(case) or _nothing(case)


def _driver_first(case: Case) -> Remediation | None:
    """Where only the driver stands in the way: the driver, then the build."""
    newer = fitting(case, driver_counts=False)
    if newer is None or torch_choice.fresh(choosing(case)) is not None:
        return None
    words = driver_words(newer.cuda, case, tables(case))
    told = text("diagnose", "driver-then-torch", driver=words, version=newer.torch, cuda=newer.cuda)
    return Remediation(told, install_choice(case, newer))


def _new_environment(case: Case) -> Remediation | None:
    """Where only the Python stands in the way: a new environment."""
    fresh, known = torch_choice.fresh(choosing(case)), case.known
    if fresh is None or torch_choice.options(choosing(case), known.python):
        return None
    return Remediation(
        text(
            "diagnose",
            "other-python",
            what=_for_what(case),
            python=known.python,
            other=fresh.python,
            version=fresh.torch,
            cuda=fresh.cuda,
        ),
        command("envdoc", "install", "--profile", fresh.to_name, system=known.system),
    )


def _nothing(case: Case) -> Remediation:
    best = torch_choice.for_environment(choosing(case), case.known.python)
    if best is not None:  # and it is in place
        return Remediation(
            text("diagnose", "torch-in-place", version=best.torch, cuda=best.cuda, what=_for_what(case))
        )
    return Remediation(
        text("diagnose", "no-torch", what=_for_what(case)),
        (Command("envdoc resolve"),),
    )


def cuda_major_torch(match: Match, case: Case) -> Remediation | None:
    """torch for the CUDA major of the toolkit at hand, where such a build fits; or the toolkit for torch."""
    known = case.known
    toolkit = match.captured.get("toolkit", known.toolkit)
    every = torch_choice.options(choosing(case), known.python) if toolkit and enough_known(case) else ()
    choice = next((each for each in every if each.cuda[2:4] == toolkit.partition(".")[0]), None)
    wished = match.captured.get("torch_built", "")
    if choice is None or not known.torch:
        return Remediation(text("diagnose", "toolkit-beside", wished=wished)) if wished else None
    return Remediation(
        text(
            "diagnose",
            "torch-or-toolkit" if wished else "torch-for-toolkit",
            major=toolkit.partition(".")[0],
            version=choice.torch,
            cuda=choice.cuda,
            wished=wished,
        ),
        install_choice(case, choice),
    )


def companions(_match: Match, case: Case) -> Remediation | None:
    """torchvision and torchaudio that belong to the torch in use."""
    known, knowledge = case.known, tables(case)
    row = knowledge.companion(known.torch) if known.torch else None
    if row is None:
        return Remediation(
            text("diagnose", "companions"),
            (Command("envdoc facts companions"),),
        )
    tag = known.torch_cuda
    local = f"+{tag}" if tag else ""
    packages = [("torchvision", row.torchvision + local)]
    if version_tuple(row.torchaudio)[:2] == version_tuple(row.torch)[:2]:
        packages.append(("torchaudio", row.torchaudio + local))
    index = ("--index-url", f"{PYTORCH}/{tag}") if tag else ()
    return Remediation(
        text("diagnose", "torchvision", torch=known.torch, version=row.torchvision),
        install(case, [f"{name}=={version}" for name, version in packages], *index, "--no-deps"),
    )


def _for_what(case: Case) -> str:
    """`RTX 5090, compute capability 12.0, driver 580.95, Python 3.12`: what the choice was made by."""
    known = case.known
    parts: list[str] = [known.gpus[0] if known.gpus else ""]
    parts += [text("diagnose", "with-capability", capability=each) for each in known.capabilities]
    if known.driver:
        parts.append(text("diagnose", "with-driver", driver=known.driver))
    elif known.cuda_driver:
        parts.append(text("diagnose", "with-cuda-driver", cuda=known.cuda_driver))
    if known.python:
        parts.append(text("diagnose", "with-python", python=known.python))
    return joined(parts)


def _ask_resolve() -> Remediation:
    return Remediation(text("diagnose", "ask-resolve"), (Command("envdoc resolve"),))


def torch_if_known(match: Match, case: Case) -> Remediation | None:
    """As `torch`, and nothing where neither the GPU nor the driver is known."""
    return fitting_torch(match, case) if enough_known(case) else None


CHOOSERS = {
    "torch": fitting_torch,
    "torch-if-known": torch_if_known,
    "torch-for-toolkit": cuda_major_torch,
    "companions": companions,
}
