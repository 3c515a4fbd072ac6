"""Components added to an environment that is there, or taken away from it: torch and all else in it stay as they are.

What an engine installs is held by constraints on every package that is installed; what does not go with them is the
engine's to say. Pure, as the rest of the room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.components import registry
from envdoc.components.base import Candidate, Context, Requirement
from envdoc.errors import EnvdocError
from envdoc.findings import text
from envdoc.knowledge.tables import Knowledge
from envdoc.model.builds import TakeAway
from envdoc.model.cuda import tag_of, version_tuple
from envdoc.model.facts import Why
from envdoc.model.machine import Machine
from envdoc.model.plan import AdoptEnvironment, InstallPackages, Plan, Prove, Step
from envdoc.model.resolution import ChosenPackage, Rejected, Resolution, Source, Wish
from envdoc.model.text import joined
from envdoc.model.value import replace
from envdoc.resolver.componentsteps import TORCH_ALONE, component_steps, written
from envdoc.rules import builder
from envdoc.rules.choice.situation import Situation, situate
from envdoc.rules.choice.together import together
from envdoc.rules.requirements import normal

_NAME = re.compile(r"[^A-Za-z0-9._-]")


def change(
    wish: Wish,
    machine: Machine,
    knowledge: Knowledge,
    every: tuple[Source, ...],
    environment: str,
    *,
    adopt: bool,
    mend: tuple[str, ...] = (),
) -> tuple[Resolution, Plan]:
    """What to add and to take away, and the steps for it.

    Args:
        machine: with the environment as its target.
        every: the places that packages may come from. The PyTorch index and its mirrors give torch, and nothing else.
        adopt: whether the environment is not envdoc's own work, so that it must be recorded first.
        mend: requirements that remedies name, `numpy==2.2.6`; all other packages are held.

    Raises:
        UsageError: a component that nobody knows, or one both added and removed.
        EnvdocError: `component-does-not-fit`.
    """
    sources = tuple(each for each in every if each.kind not in TORCH_ALONE)
    torch = tuple(each for each in every if each.kind in TORCH_ALONE)
    registry.selected((), wish.with_components, wish.without_components)
    added = tuple(name for name in registry.names() if name in set(map(registry.canonical, wish.with_components)))
    removed = tuple(map(registry.canonical, wish.without_components))
    context = context_of(machine, situate(machine, knowledge), knowledge, dict(wish.places))
    ways = _ways(added, replace(context, lock=_held(machine, added)))
    profile = (machine.target.marker.value or {}).get("profile", "")
    resolution = _resolution(context, ways, profile, sources)
    steps: tuple[Step, ...] = (
        *((AdoptEnvironment(environment),) if adopt else ()),
        *(_take_away(name) for name in removed),
        *_mended(mend, machine, sources),
        *_installs(ways, machine, sources),
        *component_steps(ways, sources, torch),
        Prove(_proofs(ways, context)),
    )
    disk = sum(getattr(step, "disk_mib", 0) for step in steps)
    download = sum(getattr(step, "download_mib", 0) for step in steps)
    return resolution, Plan(environment, profile, steps, download, disk)


def _resolution(
    context: Context, ways: tuple[tuple[str, Candidate], ...], profile: str, sources: tuple[Source, ...]
) -> Resolution:
    return Resolution(
        profile=profile,
        python=context.python,
        cuda=context.cuda,
        torch=context.torch,
        gpus=context.gpus,
        candidates=ways,
        packages={each.name: ChosenPackage(each.version, _places(sources), each.why) for each in _required(ways)},
        rejected=tuple(Rejected(name, why) for _, way in ways for name, why in way.passed_over),
        sources=sources,
    )


def context_of(machine: Machine, situation: Situation, knowledge: Knowledge, places: dict[str, str]) -> Context:
    """What is settled in the environment. Without torch the visible GPUs and the driver say which CUDA it is for."""
    torch, python = machine.target.torch.value, machine.target.python.value
    cuda = tag_of(torch.cuda) if torch is not None else _cuda(situation, knowledge)
    return Context(
        situation.system,
        situation.arch,
        python.minor if python is not None else "",
        torch.version.partition("+")[0] if torch is not None else "",
        cuda,
        situation.capabilities if cuda != "cpu" else (),
        knowledge,
        glibc=situation.glibc,
        driver=situation.the_driver,
        builder=situation.builder,
        places=places,
    )


def _cuda(situation: Situation, knowledge: Knowledge) -> str:
    """Which CUDA an environment without torch is for: what the driver offers; for a GPU that is only imagined, the
    first that compiles for it."""
    if not situation.cards:
        return "cpu"
    if situation.cuda_driver:
        return tag_of(situation.cuda_driver)
    rows = [row for row in knowledge.toolkits if not builder.lacking(row, situation.capabilities)]
    return tag_of(min(rows, key=lambda row: version_tuple(row.release)).release if rows else None)


def _held(machine: Machine, added: tuple[str, ...]) -> dict[str, str]:
    """The packages that stay as they are, by name: all but those that are asked for."""
    asked = {normal(package) for name in added for package in registry.named(name).PACKAGES}
    there = {normal(each.name): each.version for each in machine.target.packages.or_else(())}
    return {name: version for name, version in there.items() if name not in asked}


def _ways(added: tuple[str, ...], context: Context) -> tuple[tuple[str, Candidate], ...]:
    """The newest releases that go with what is there and with each other."""
    there = [row for row in context.knowledge.stacks if context.lock.get(row.package) == row.version]
    found = together(context, added, registry, there=there)
    if found.refused:
        first = found.refused[-1]
        raise EnvdocError(
            text("errors", "does-not-go-in", name=first.name, reasons=joined(first.reasons, "; ")),
            hint=text("errors", "where-it-would"),
            code="component-does-not-fit",
        )
    return found.chosen


def _required(ways: tuple[tuple[str, Candidate], ...]) -> Iterator[Requirement]:
    return (each for _, way in ways for each in way.requirements)


def _places(sources: tuple[Source, ...]) -> str:
    return sources[0].name if sources else ""


def _take_away(name: str) -> TakeAway:
    component = registry.named(name)
    return TakeAway(
        f"take-away-{name}",
        text("builds", "step-take-away", name=name),
        name,
        tuple(map(normal, component.PACKAGES)),
        registry.folders(name),
    )


def _mended(mend: tuple[str, ...], machine: Machine, sources: tuple[Source, ...]) -> Iterator[InstallPackages]:
    """One call, so that what goes together is solved together."""
    if mend:
        held = _constraints({normal(_NAME.split(each, maxsplit=1)[0]) for each in mend}, machine)
        yield InstallPackages("mend", text("builds", "step-mend"), mend, held, sources)


def _installs(
    ways: tuple[tuple[str, Candidate], ...], machine: Machine, sources: tuple[Source, ...]
) -> Iterator[InstallPackages]:
    """One engine call for each that brings packages: they come one after the other, in the order of installation."""
    held = _constraints({normal(each.name) for each in _required(ways)}, machine)
    for name, way in ways:
        if way.requirements:
            yield InstallPackages(
                f"add-{name}",
                text("builds", "step-install", name=name),
                tuple(map(written, way.requirements)),
                held,
                sources,
                no_deps=way.no_deps,
                allow_build=way.allow_build,
                build_env=dict(way.build_env),
            )


def _constraints(named: set[str], machine: Machine) -> tuple[str, ...]:
    """Every package that is there, but for those that are to change.

    Raises:
        EnvdocError: what is there could not be read, so that nothing can be held.
    """
    packages = machine.target.packages
    if packages.why in (Why.DENIED, Why.FAILED, Why.TIMED_OUT):
        raise EnvdocError(text("errors", "cannot-read", path=machine.target.prefix, why=packages.reason()))
    there = packages.value or ()
    return tuple(f"{each.name}=={each.version}" for each in there if normal(each.name) not in named and each.version)


def _proofs(ways: tuple[tuple[str, Candidate], ...], context: Context) -> tuple[str, ...]:
    """Those of what came; and that the environment still works: torch where it has one, else its Python."""
    without_gpu = registry.GPU_PROOFS if context.cuda == "cpu" else frozenset()
    of_ways = (proof for name, _ in ways for proof in registry.named(name).PROOFS if proof not in without_gpu)
    return tuple(dict.fromkeys(("import:torch" if context.torch else "import:site", *of_ways)))
