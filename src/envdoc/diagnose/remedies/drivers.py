"""Driver remedies: which version, and where it must be installed (host of a container, Windows for WSL)."""

from __future__ import annotations

from envdoc.diagnose.logic import Case
from envdoc.diagnose.remedies.builds import best, fitting, install_command, tables
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import tag_of
from envdoc.model.finding import Command, Remediation
from envdoc.model.machine import System
from envdoc.model.text import Text


def driver_words(tag: str, case: Case, knowledge: Knowledge) -> Text:
    """`Update the NVIDIA driver to 570.26 or newer on the container's host`."""
    return _at_least(knowledge.driver_floor(tag, _numbers(case)) if tag and tag != "cpu" else "", case)


def _at_least(least: str, case: Case) -> Text:
    where = "driver-in-windows" if case.facts.wsl else "driver-on-host" if in_container(case) else "driver"
    return text("diagnose", where, least=least)


def _numbers(case: Case) -> str:
    """Whose driver versions count: under WSL the driver is that of Windows."""
    return "windows" if case.known.system is System.WINDOWS or case.facts.wsl else "linux"


def in_container(case: Case) -> bool:
    machine = case.context.machine
    if machine is not None and machine.os.container.value is not None:
        return machine.os.container.value != "none"
    return case.facts.container


def driver_or_torch(_match: Match, case: Case) -> Remediation | None:
    """A newer driver; and where a build of torch suits the driver as it is, that build as the other way."""
    known, knowledge = case.known, tables(case)
    tag = known.torch_cuda if known.torch_cuda.startswith("cu") else ""
    words = driver_words(tag, case, knowledge)
    row = best(fitting(known, knowledge), known) if known.driver or known.cuda_driver else None
    if row is None or row.cuda == tag:
        return Remediation(words, _driver_commands(case))
    return Remediation(
        text("diagnose", "driver-or-torch", driver=words, version=row.version, cuda=row.cuda),
        (*_driver_commands(case), Command(install_command(row, known, knowledge))),
    )


def driver_for_ptx(_match: Match, case: Case) -> Remediation | None:
    """PTX needs the driver of the toolkit that made it: minor-version compatibility does not help."""
    toolkit = case.known.toolkit
    knowledge = tables(case)
    least = knowledge.native_driver(tag_of(toolkit), _numbers(case)) if toolkit else ""
    words = text("diagnose", "driver-or-rebuild", driver=_at_least(least, case))
    return Remediation(words, _driver_commands(case))


def _driver_commands(_case: Case) -> tuple[Command, ...]:
    """Only what is right wherever it is pasted: which driver there is now."""
    return (Command("nvidia-smi --query-gpu=name,driver_version --format=csv"),)


CHOOSERS = {"driver-or-torch": driver_or_torch, "driver-for-ptx": driver_for_ptx}
