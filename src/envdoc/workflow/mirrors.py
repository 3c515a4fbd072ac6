"""Which mirrors truly serve: what is configured, the usual places and the table's mirrors, measured for the torch
that this machine would get. Only with the network's permission."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.machine import Machine, MirrorAnswer
from envdoc.model.profile import Profile
from envdoc.model.value import replace
from envdoc.probe.mirrors import Place, Wanted, measure
from envdoc.rules.mirrors import best
from envdoc.workflow.context import knowledge, profiles

_USUAL_CONDA = "https://conda.anaconda.org"


def with_mirrors(host: Host, machine: Machine, named: Profile | None) -> Machine:
    """The machine with how its sources and their mirrors answer."""
    wanted, cuda = _wanted(host, machine, named)
    return replace(machine, mirrors=measure(host, places(host, cuda), wanted))


def _wanted(host: Host, machine: Machine, named: Profile | None) -> tuple[Wanted | None, str]:
    """The torch that the resolver would take, and its CUDA variant."""
    from envdoc.components import registry
    from envdoc.rules import torch_choice

    offered = lambda: tuple(profiles(host).values())  # noqa: E731 - read only when asked for
    choice = torch_choice.fresh(torch_choice.of_machine(machine, knowledge(), registry, offered, named))
    if choice is None:
        return None, "cpu"
    version = dict(choice.packages).get("torch", choice.torch)
    return Wanted(version, choice.python, machine.os.system, machine.os.arch), choice.cuda


def places(host: Host, cuda: str) -> tuple[Place, ...]:
    """Every address that is asked: what is used now, then the table's mirrors."""
    from envdoc.probe import hub
    from envdoc.probe.index_config import PYPI, PYTORCH, package_index, pytorch_index

    packages, torch, models = package_index(host), pytorch_index(host), hub.endpoint(host).strip()
    now = (
        Place("pytorch", _named(torch == PYTORCH), torch.replace("{cuda}", cuda)),
        Place("pypi", _named(packages == PYPI), packages),
        Place("huggingface", _named(models == hub.DEFAULT_ENDPOINT), models),
        Place("github", "official", ""),
        Place("conda", "official", _USUAL_CONDA),
    )
    rows = knowledge().mirrors
    return (*now, *(Place(row.of, row.name, row.url.replace("{cuda}", cuda), row.layout) for row in rows))


def _named(usual: bool) -> str:
    return "official" if usual else "configured"


def serving(host: Host, of: str, cuda: str = "cu128") -> tuple[MirrorAnswer, ...]:
    """The mirrors of one kind that answer with listings or files, the quickest first."""
    rows = (row for row in knowledge().mirrors if row.of == of)
    there = tuple(Place(row.of, row.name, row.url.replace("{cuda}", cuda), row.layout) for row in rows)
    return best(measure(host, there, None))
