"""Driver remedies: which version, and where it must be installed (host of a container, Windows for WSL)."""

from __future__ import annotations

from envdoc.diagnose.logic import Case
from envdoc.diagnose.remedies.builds import enough_known, fitting, install_choice, tables
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import tag_of
from envdoc.model.finding import Command, Remediation
from envdoc.model.text import Text
from envdoc.rules import drivers


def driver_words(tag: str, case: Case, knowledge: Knowledge) -> Text:
    """`Update the NVIDIA driver to 570.26 or newer on the container's host`."""
    return _at_least(drivers.floor(tag, _numbers(case), knowledge) if tag else "", case)


def _at_least(least: str, case: Case) -> Text:
    where = "driver-in-windows" if case.facts.wsl else "driver-on-host" if in_container(case) else "driver"
    return text("diagnose", where, least=least)


def _numbers(case: Case) -> str:
    machine = case.context.machine
    wsl = case.facts.wsl or (machine is not None and drivers.under_wsl(machine.os))
    return drivers.whose(case.known.system, wsl=wsl)


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
    told = enough_known(case) and (known.driver or known.cuda_driver)
    choice = fitting(case) if told else None
    if choice is None or choice.cuda in (tag, "cpu"):
        return Remediation(words, _driver_commands(case))
    return Remediation(
        text("diagnose", "driver-or-torch", driver=words, version=choice.torch, cuda=choice.cuda),
        (*_driver_commands(case), *install_choice(case, choice)),
    )


def driver_for_ptx(_match: Match, case: Case) -> Remediation | None:
    """PTX needs the driver of the toolkit that made it: minor-version compatibility does not help."""
    toolkit = case.known.toolkit
    knowledge = tables(case)
    least = drivers.native(tag_of(toolkit), _numbers(case), knowledge) if toolkit else ""
    words = text("diagnose", "driver-or-rebuild", driver=_at_least(least, case))
    return Remediation(words, _driver_commands(case))


def _driver_commands(_case: Case) -> tuple[Command, ...]:
    """Only what is right wherever it is pasted: which driver there is now."""
    return (Command("nvidia-smi --query-gpu=name,driver_version --format=csv"),)


CHOOSERS = {"driver-or-torch": driver_or_torch, "driver-for-ptx": driver_for_ptx}
