"""The torch build that fits the GPU, the driver and the Python at hand or in the log."""

from __future__ import annotations

from dataclasses import replace

from envdoc.diagnose.logic import Case
from envdoc.diagnose.remedies.builds import INDEX, best, enough_known, fitting, install_command, tables
from envdoc.diagnose.remedies.drivers import driver_words
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Command, Remediation
from envdoc.model.text import joined


def fitting_torch(_match: Match, case: Case) -> Remediation | None:
    """A CUDA build of torch that runs on this GPU with this driver."""
    known, knowledge = case.known, tables(case)
    if not enough_known(known):
        return _ask_resolve()
    row = best(fitting(known, knowledge), known)
    if row is not None:
        return Remediation(
            text("diagnose", "fitting-torch", what=_for_what(case), version=row.version, cuda=row.cuda),
            (Command(install_command(row, known, knowledge)),),
        )
    newer = best(fitting(known, knowledge, driver_counts=False), known)
    if newer is not None:
        words = driver_words(newer.cuda, case, knowledge)
        return Remediation(
            text("diagnose", "driver-then-torch", driver=words, version=newer.version, cuda=newer.cuda),
            (Command(install_command(newer, known, knowledge)),),
        )
    any_python = best(fitting(replace(known, python=""), knowledge), known)
    if any_python is not None:
        return Remediation(
            text(
                "diagnose",
                "other-python",
                what=_for_what(case),
                python=known.python,
                other=any_python.python[-2:][0],
                version=any_python.version,
                cuda=any_python.cuda,
            ),
            (Command(install_command(any_python, replace(known, python=""), knowledge)),),
        )
    return Remediation(
        text("diagnose", "no-torch", what=_for_what(case)),
        (Command("envdoc resolve"),),
    )


def cuda_major_torch(match: Match, case: Case) -> Remediation | None:
    """torch for the CUDA major of the toolkit at hand, where such a build fits; or the toolkit for torch."""
    known, knowledge = case.known, tables(case)
    toolkit = match.captured.get("toolkit", known.toolkit)
    rows = [row for row in fitting(known, knowledge) if row.cuda[2:4] == toolkit.partition(".")[0]]
    row = best(rows, known)
    wished = match.captured.get("torch_built", "")
    if not toolkit or row is None or not known.torch:
        return Remediation(text("diagnose", "toolkit-beside", wished=wished)) if wished else None
    return Remediation(
        text(
            "diagnose",
            "torch-or-toolkit" if wished else "torch-for-toolkit",
            major=toolkit.partition(".")[0],
            version=row.version,
            cuda=row.cuda,
            wished=wished,
        ),
        (Command(install_command(row, known, knowledge)),),
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
    index = f" --index-url {INDEX}{tag}" if tag else ""
    audio = (
        f" torchaudio=={row.torchaudio}{local}"
        if version_tuple(row.torchaudio)[:2] == version_tuple(row.torch)[:2]
        else ""
    )
    return Remediation(
        text("diagnose", "torchvision", torch=known.torch, version=row.torchvision),
        (Command(f"python -m pip install torchvision=={row.torchvision}{local}{audio}{index} --no-deps"),),
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
    return fitting_torch(match, case) if enough_known(case.known) else None


CHOOSERS = {
    "torch": fitting_torch,
    "torch-if-known": torch_if_known,
    "torch-for-toolkit": cuda_major_torch,
    "companions": companions,
}
