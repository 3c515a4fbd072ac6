"""`envdoc resolve`: what fits a machine (real, recorded or imagined), why the rest does not, what opens more."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from envdoc.host.base import Host
from envdoc.model.machine import Machine
from envdoc.model.plan import Plan
from envdoc.model.profile import Locks, Profile
from envdoc.model.resolution import Resolution, SourceState, Wish
from envdoc.model.tunable import ModelAnswer
from envdoc.model.value import dataclass, replace
from envdoc.workflow.context import default_environment, knowledge, profile, profiles, proposable
from envdoc.workflow.freshness import stale
from envdoc.workflow.machine import imagine, obtain
from envdoc.workflow.sources import source_states
from envdoc.workflow.wishes import MachineWish, WhatIf


@dataclass(frozen=True, slots=True)
class Resolved:
    machine: Machine
    resolution: Resolution
    plan: Plan | None  # None where nothing fits
    profile: Profile | None = None  # the chosen one; None for the bare choice
    in_place: bool = False  # parts of an environment that is there are changed; nothing was chosen for it
    model: ModelAnswer | None = None  # with `--for-model`
    locks: Locks | None = None  # the lines of the profile's locks, where they are no files: a bundle brings its own


def resolve(
    host: Host,
    machine_wish: MachineWish,
    wish: Wish,
    what_if: WhatIf,
    *,
    environment: str = "",
    adopt: bool = False,
) -> Resolved:
    """Decide for the machine; the network is asked only with `machine_wish.online`."""
    tables = knowledge()
    foreign = _foreign(what_if) and not (machine_wish.file or machine_wish.listing)
    real = None if foreign else obtain(host, machine_wish, meanwhile=_ready)
    machine = imagine(real, what_if, tables) if what_if.asked or real is None else real
    states = source_states(host, wish.mirrors, online=machine_wish.online)
    decided = partial(decide, environment=environment, adopt=adopt)
    asked = replace(wish, of=machine_wish.another)
    return heeding(host, machine, asked, states, decided, online=machine_wish.online)


def heeding(
    host: Host,
    machine: Machine,
    wish: Wish,
    states: tuple[SourceState, ...],
    decided: Callable[[Host, Machine, Wish, tuple[SourceState, ...]], Resolved],
    *,
    online: bool,
) -> Resolved:
    """What is decided, with what the wished model needs; the answer about it comes along.

    Raises:
        UsageError: a model's path that is not there.
    """
    if not wish.model:
        return decided(host, machine, wish, states)
    from envdoc.workflow import for_model

    seen = for_model.look(host, machine, wish.model, online=online)
    needs = for_model.needs_of(seen)
    return for_model.told(decided(host, machine, replace(wish, needs=needs), states), seen, needs)


def _ready() -> None:
    """Import what decides and what prints, and read the longest table: all of it takes longer than deciding."""
    import envdoc.render.text_plan
    import envdoc.resolver  # noqa: F401 - asked for again where it is used

    _ = knowledge().torch


def decide(
    host: Host,
    machine: Machine,
    wish: Wish,
    states: tuple[SourceState, ...],
    *,
    environment: str = "",
    adopt: bool = False,
    must_plan: bool = False,
) -> Resolved:
    """Resolution and plan for a machine and sources that are at hand.

    Raises:
        EnvdocError: `must_plan`, and the profile has no lock for that platform and Python.
    """
    from envdoc import resolver

    tables, known = knowledge(), _known_profiles(host, wish.profile)
    resolution = resolver.resolve(wish, machine, tables, known, states, others=partial(_proposable, host, machine))
    if old := stale():
        resolution = replace(resolution, findings=(*resolution.findings, *old))
    plan = None
    chosen = known.get(resolution.profile)  # None for the bare choice
    if resolution.fits and (must_plan or ((resolution.lock or chosen is None) and not resolution.left_out)):
        folder = absolute(environment or default_environment(resolution.profile))
        plan = resolver.make_plan(resolution, chosen, folder, machine, tables, adopt=adopt)
    return Resolved(machine, resolution, plan, chosen)


def _proposable(host: Host, machine: Machine) -> dict[str, Profile]:
    return {each.id: each for each in proposable(host, machine)}


def _known_profiles(host: Host, profile_id: str) -> dict[str, Profile]:
    """All profiles for `auto`; only the named one otherwise, so that one broken file elsewhere harms nobody."""
    if profile_id == "auto":
        return profiles(host)
    named = profile(host, profile_id)
    return {profile_id: named, named.id: named}


def _foreign(what_if: WhatIf) -> bool:
    """Another operating system or architecture: nothing of this machine holds for it."""
    return bool(what_if.system or what_if.arch)


def absolute(path: str) -> str:
    """A folder that the user named, from the root; links are left as they are."""
    try:
        return os.path.abspath(path)  # noqa: PTH100 - resolve() follows links
    except FileNotFoundError:  # the working directory was deleted: said by whoever must write there
        return path
