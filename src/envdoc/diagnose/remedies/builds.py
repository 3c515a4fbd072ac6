"""The torch build for what is known: the choice that `envdoc resolve` makes, asked with a log's facts."""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.diagnose.logic import Case
from envdoc.knowledge.tables import Knowledge
from envdoc.model.finding import Command
from envdoc.model.machine import Machine
from envdoc.model.value import replace
from envdoc.rules import commands, drivers, torch_choice
from envdoc.rules.choice.situation import Card, Situation
from envdoc.rules.torch_choice import Choice, Choosing


def tables(case: Case) -> Knowledge:
    """The tables that were given, else those that travel with envdoc."""
    if case.context.knowledge is not None:
        return case.context.knowledge
    from envdoc.knowledge.tables import load

    return load()


def enough_known(case: Case) -> bool:
    """Whether a build may be proposed at all: a GPU must be known, not only wished."""
    return bool(case.known.capabilities)


def choosing(case: Case, *, driver_counts: bool = True) -> Choosing:
    """What the choice is made of: the machine where its GPUs are known, else what the log says. `driver_counts` off:
    as if the driver were new enough."""
    from envdoc.components import registry

    machine, knowledge = case.context.machine, tables(case)
    if machine is not None and machine.gpus.value:
        made = torch_choice.of_machine(machine, knowledge, registry, case.context.profiles)
    else:
        made = Choosing(situation_of_log(case), knowledge, registry, case.context.profiles)
    if driver_counts:
        return made
    return replace(made, situation=replace(made.situation, driver="", cuda_driver=""))


def situation_of_log(case: Case) -> Situation:
    """The log's machine as the choice sees it."""
    known, knowledge = case.known, tables(case)
    pairs = zip(known.capabilities, (*known.gpus, *("" for _ in known.capabilities)), strict=False)
    cards = tuple(
        Card(index, name, capability, drivers.first_branch(name, capability, knowledge))
        for index, (capability, name) in enumerate(pairs)
    )
    return Situation(
        system=known.system,
        arch=known.arch,
        driver=known.driver,
        cuda_driver=known.cuda_driver,
        wsl=case.facts.wsl or _wsl(case.context.machine),
        cards=cards,
        unreadable="" if cards else "the log names no GPU",
        glibc=case.facts.glibc,
    )


def _wsl(machine: Machine | None) -> bool:
    return machine is not None and drivers.under_wsl(machine.os)


def fitting(case: Case, *, driver_counts: bool = True) -> Choice | None:
    """The build for the environment in question. One that is in place already is no remedy: then the next one."""
    known = case.known
    made = choosing(case, driver_counts=driver_counts)
    return torch_choice.for_environment(made, known.python, not_as=(known.torch, known.torch_cuda))


def install(case: Case, requirements: Iterable[str], *options: str) -> tuple[Command, ...]:
    """The line that installs into the environment in question: by its interpreter where that is known."""
    machine, system = case.context.machine, case.known.system
    python = machine.target.python.value if machine else None
    if python is not None and python.path:
        return commands.install(python.path, requirements, system=system, options=options)
    return commands.pip_install(requirements, system=system, options=options)


def install_choice(case: Case, choice: Choice) -> tuple[Command, ...]:
    """The one line that installs a choice's torch and its companions from one index."""
    return install(case, commands.exact(choice.packages), *commands.torch_options(choice.packages, choice.cuda))
