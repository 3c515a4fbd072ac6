"""`envdoc resolve`: what fits a machine (real, recorded or imagined), why the rest does not, what opens more."""

from __future__ import annotations

import os

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, missing
from envdoc.model.machine import Machine
from envdoc.model.plan import Plan
from envdoc.model.profile import Profile
from envdoc.model.resolution import Offers, Resolution, Source, SourceKind, SourceLayout, SourceState, Wish
from envdoc.model.value import dataclass
from envdoc.workflow.again import default_environment
from envdoc.workflow.context import knowledge, profile, profiles
from envdoc.workflow.machine import imagine, obtain
from envdoc.workflow.wishes import MachineWish, WhatIf

ASKED_PACKAGES = ("torch", "torchvision", "torchaudio")


@dataclass(frozen=True, slots=True)
class Resolved:
    machine: Machine
    resolution: Resolution
    plan: Plan | None  # None where nothing fits
    profile: Profile | None = None  # the chosen one; None for the bare choice


def resolve(
    host: Host,
    machine_wish: MachineWish,
    wish: Wish,
    what_if: WhatIf,
    *,
    mirrors: tuple[str, ...] = (),
    environment: str = "",
    adopt: bool = False,
) -> Resolved:
    """Decide for the machine; the network is asked only with `machine_wish.online`."""
    tables = knowledge()
    real = None if _foreign(what_if) and not machine_wish.file else obtain(host, machine_wish)
    machine = imagine(real, what_if, tables) if what_if.asked or real is None else real
    states = source_states(host, mirrors, online=machine_wish.online)
    return decide(host, machine, wish, states, environment=environment, adopt=adopt)


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
    resolution = resolver.resolve(wish, machine, tables, known, states)
    plan = None
    chosen = known.get(resolution.profile)  # None for the bare choice
    if resolution.fits and (must_plan or ((resolution.lock or chosen is None) and not resolution.left_out)):
        folder = os.path.abspath(environment or default_environment(resolution.profile))  # noqa: PTH100
        plan = resolver.make_plan(resolution, chosen, folder, machine, tables, adopt=adopt)
    return Resolved(machine, resolution, plan, chosen)


def _known_profiles(host: Host, profile_id: str) -> dict[str, Profile]:
    """All profiles for `auto`; only the named one otherwise, so that one broken file elsewhere harms nobody."""
    if profile_id == "auto":
        return profiles(host)
    named = profile(host, profile_id)
    return {profile_id: named, named.id: named}


def _foreign(what_if: WhatIf) -> bool:
    """Another operating system or architecture: nothing of this machine holds for it."""
    return bool(what_if.system or what_if.arch)


def source_states(host: Host, mirrors: tuple[str, ...], *, online: bool) -> tuple[SourceState, ...]:
    """The sources in order, the wished ones first; asked what they offer when `online`."""
    from envdoc.probe import sources as probed

    wished = tuple(_mirror(host, each) for each in mirrors)
    ordered = wished + probed.configured(host)
    if not online:
        unasked: Fact[Offers] = missing(Why.NOT_ASKED, "offline")
        return tuple(SourceState(source, unasked) for source in ordered)
    tags = tuple(dict.fromkeys(row.cuda for row in knowledge().torch))
    return probed.ask(host, ordered, ASKED_PACKAGES, tags)


def _mirror(host: Host, wished: str) -> Source:
    """A mirror by its name in the table, a URL, or a folder."""
    for row in knowledge().mirrors:
        if row.name == wished and row.of == "pytorch":
            return Source(f"mirror:{row.name}", SourceKind.MIRROR, row.url, SourceLayout(row.layout))
    if "://" in wished:
        return Source(wished, SourceKind.URL, wished)
    return _folder(host, wished)


def _folder(host: Host, wished: str) -> Source:
    from envdoc.errors import UsageError

    if not host.listdir(wished).known:
        names = ", ".join(row.name for row in knowledge().mirrors if row.of == "pytorch")
        raise UsageError(
            f"--mirror {wished}: no mirror of that name and no folder", hint=f"known mirrors: {names}; or a URL"
        )
    return Source(f"local:{wished}", SourceKind.LOCAL, host.realpath(wished), SourceLayout.LINKS)
