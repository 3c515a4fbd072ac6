"""`envdoc bundle`: resolve for a machine that is not this one, and collect all that it needs into a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from envdoc.errors import EnvdocError, UsageError
from envdoc.host.base import Host
from envdoc.model.bundle import Conditions, Manifest, Target
from envdoc.model.cuda import version_tuple
from envdoc.model.machine import Machine
from envdoc.model.resolution import Resolution, Wish
from envdoc.model.value import dataclass, replace
from envdoc.rules import drivers
from envdoc.rules.wheel_platform import of_uv
from envdoc.workflow.context import knowledge
from envdoc.workflow.machine import imagine
from envdoc.workflow.resolve import Resolved, decide
from envdoc.workflow.sources import ASKED_PACKAGES, credentials, source_states
from envdoc.workflow.wishes import WhatIf

if TYPE_CHECKING:
    from envdoc.installer.bundle.make import Extras, Made


@dataclass(frozen=True, slots=True)
class BundleWish:
    """What the command line asks of a bundle."""

    wish: Wish
    target: WhatIf
    folder: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be collected; nothing was written yet."""

    wish: BundleWish
    resolved: Resolved
    manifest: Manifest | None = None  # None where nothing fits


def plan(host: Host, wish: BundleWish) -> Planned:
    """Resolve for the target: its system, architecture, Python, GPUs and driver, nothing of this machine.

    Raises:
        UsageError: bundles are made for no such platform.
        EnvdocError: the choice has no pinned package set for the target.
    """
    machine = imagine(None, wish.target, knowledge())
    system, arch = machine.os.system, machine.os.arch
    if not of_uv(system, arch):
        raise UsageError(f"no bundles are made for {system.value} {arch}", hint="linux or windows, x86_64 or aarch64")
    states = source_states(host, wish.wish.mirrors, online=True, platform=(system, arch))
    # a folder that the plan names and that is never made here
    resolved = decide(host, machine, wish.wish, states, environment="bundle", must_plan=True)
    if not resolved.resolution.fits:
        return Planned(wish, resolved)
    if resolved.profile is None:
        raise EnvdocError(
            "no profile is for this machine, and only a profile's pinned set can be carried",
            hint="name the nearest one with `--profile ID`; `envdoc profiles list` shows them",
            code="lock-missing",
        )
    return Planned(wish, resolved, _manifest(resolved, machine, wish))


def _manifest(resolved: Resolved, machine: Machine, wish: BundleWish) -> Manifest:
    """All but the files."""
    from envdoc import __version__
    from envdoc.knowledge.profiles import lock_lines

    chosen, profile = resolved.resolution, resolved.profile
    if profile is None:
        raise ValueError("a bundle is made of a profile")
    return Manifest(
        envdoc=__version__,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        target=Target(machine.os.system, machine.os.arch, chosen.python),
        conditions=_conditions(chosen, machine, wish.target),
        wish=replace(wish.wish, profile=profile.id, torch=f"=={chosen.torch}", python=chosen.python, mirrors=()),
        profile=replace(profile, origin="bundle"),
        torch=chosen.packages["torch"].version,
        lock=lock_lines(profile, chosen.lock),
        sources=chosen.sources,
        offers={name: (chosen.packages[name].version,) for name in ASKED_PACKAGES if name in chosen.packages},
    )


def _conditions(chosen: Resolution, machine: Machine, target: WhatIf) -> Conditions:
    tables, cuda = knowledge(), chosen.cuda or "cpu"
    gpus = machine.gpus.or_else(())
    branches = (drivers.first_branch(g.name.or_else(""), g.compute_capability.or_else(""), tables) for g in gpus)
    floors = [drivers.floor(cuda, drivers.whose(machine.os.system, wsl=False), tables)]
    floors += [str(each) for each in branches if each]
    least = max((each for each in floors if each), key=version_tuple, default="") if cuda != "cpu" else ""
    return Conditions(cuda, least, chosen.arch_list if cuda != "cpu" else (), target.gpus)


def make(host: Host, planned: Planned, extras: Extras, tell: Callable[[str], None]) -> Made:
    """Collect the files and write the manifest.

    Raises:
        RefusedError: with findings: what cannot be carried or did not come.
    """
    from envdoc.installer.bundle import make as making
    from envdoc.installer.bundle.job import Job
    from envdoc.installer.options import Options
    from envdoc.probe.engine_config import engine_variables

    manifest, whole = planned.manifest, planned.resolved.plan
    if manifest is None or whole is None:
        raise ValueError("there is nothing to collect")
    options = Options(credentials=credentials(host, planned.wish.wish.mirrors), variables=engine_variables(host))
    folder = Path(os.path.abspath(planned.wish.folder))  # noqa: PTH100 - resolve() follows links
    job = Job(host, folder, manifest.target, options, sys.executable, tell)
    try:
        return making.make(job, whole, manifest, extras)
    except OSError as error:
        raise _no_room(folder, error) from error


def _no_room(folder: Path, error: OSError) -> EnvdocError:
    from envdoc.installer import guard

    return guard.os_failure(folder, error)
