"""What remedies propose: the torch and the profile that `envdoc resolve` would choose, as lines to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoc.doctor.base import Case
from envdoc.doctor.look import env_python, in_container
from envdoc.findings import text
from envdoc.model.finding import Command
from envdoc.rules import commands, drivers

if TYPE_CHECKING:  # the choice costs more than the checks of a healthy machine: it is loaded when it is asked for
    from envdoc.rules.torch_choice import Choice, Choosing


def choosing(case: Case) -> Choosing:
    """What the choice for this machine is made of."""
    if "choosing" not in case.memory:
        from envdoc.components import registry
        from envdoc.rules import torch_choice

        case.memory["choosing"] = torch_choice.of_machine(
            case.machine, case.knowledge, registry, case.profiles, case.profile, case.locks
        )
    made: Choosing = case.memory["choosing"]
    return made


def pick(case: Case) -> Choice | None:
    """The build for the judged environment, with its Python; without one, for a new environment."""
    if "pick" not in case.memory:
        from envdoc.rules import torch_choice

        python = case.machine.target.python.value
        case.memory["pick"] = torch_choice.for_environment(choosing(case), python.minor if python else "")
    found: Choice | None = case.memory["pick"]
    return found


def fresh(case: Case) -> Choice | None:
    """What a new environment would get."""
    if "fresh" not in case.memory:
        from envdoc.rules import torch_choice

        case.memory["fresh"] = torch_choice.fresh(choosing(case))
    found: Choice | None = case.memory["fresh"]
    return found


def profile_id(case: Case) -> str:
    """The profile that the user named, else the one that `auto` chooses; `auto` where none fits."""
    if case.profile is not None:
        return case.profile.id
    chosen = fresh(case)
    return chosen.to_name if chosen else "auto"


def install_command(case: Case) -> tuple[Command, ...]:
    """The way that resolves, installs and proves; where nothing fits, the one that says what would open more."""
    if fresh(case) is None:
        option = ("--profile", case.profile.id) if case.profile else ()
        return commands.command("envdoc", "resolve", *option, system=case.machine.os.system)
    return commands.command("envdoc", "install", "--profile", profile_id(case), system=case.machine.os.system)


def fit(case: Case, choice: Choice | None) -> str:
    """What fits, in words. Where a new environment would be another, this says so."""
    new = fresh(case)
    python = case.machine.target.python.value
    if choice is None and new is not None and python is not None:
        return text("checks", "fit-not-this-python", python=python.minor, new=_new(new))
    if choice is None:
        return ""
    other = new is not None and (new.torch, new.cuda) != (choice.torch, choice.cuda)
    return text(
        "checks",
        "fit",
        torch=choice.torch,
        cuda=choice.cuda,
        but=text("checks", "fit-but", left_out=choice.left_out) if choice.left_out else "",
        python=choice.python,
        new=_new(new) if new is not None and other else "",
    )


def _new(choice: Choice) -> str:
    return text("checks", "fit-new", torch=choice.torch, cuda=choice.cuda, python=choice.python)


def torch_command(case: Case, choice: Choice | None, *, again: bool = False) -> tuple[Command, ...]:
    """`uv pip install ...` of a whole torch stack into the judged environment. Nothing without a choice, or where
    all of it is in place already; `again`: also then, because what is in place is damaged."""
    if choice is None or (not again and _in_place(case, choice)):
        return ()
    options = commands.torch_options(choice.packages, choice.cuda, again=again)
    requirements = commands.exact(choice.packages)
    return commands.install(env_python(case), requirements, system=case.machine.os.system, options=options)


def _in_place(case: Case, choice: Choice) -> bool:
    """Whether every package of the choice is what is installed, local tag and all."""
    have = {package.name: package.version for package in case.machine.target.packages.or_else(())}
    build = case.machine.target.torch.value
    if build is not None:
        have["torch"] = build.version
    return all(have.get(name) == version for name, version in choice.packages)


def pip_command(case: Case, *requirements: str, options: tuple[str, ...] = ()) -> tuple[Command, ...]:
    """`uv pip install` of requirements into the judged environment."""
    return commands.install(env_python(case), requirements, system=case.machine.os.system, options=options)


def uninstall_command(case: Case, *names: str) -> tuple[Command, ...]:
    return commands.uninstall(env_python(case), names, system=case.machine.os.system)


def driver_update(case: Case, least: str) -> str:
    """How to get a newer driver here, in words."""
    os = case.machine.os
    return drivers.update(least, os.system, wsl=drivers.under_wsl(os), container=in_container(case))
