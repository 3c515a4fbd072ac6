"""`envdoc install --offline DIR`: a bundle, looked at byte by byte, then decided for this machine by the resolver."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from envdoc.errors import UsageError
from envdoc.findings import finding, text
from envdoc.host.base import Host
from envdoc.model.bundle import PACKAGES, Manifest
from envdoc.model.cuda import version_tuple
from envdoc.model.facts import Fact, known
from envdoc.model.finding import Finding
from envdoc.model.machine import Machine
from envdoc.model.plan import InstallPackages, InstallWheel, Plan, ProvidePython, Step
from envdoc.model.resolution import Offers, Resolution, Source, SourceKind, SourceLayout, SourceState
from envdoc.model.value import replace
from envdoc.rules import drivers
from envdoc.rules.requirements import pins
from envdoc.workflow.context import default_environment, knowledge
from envdoc.workflow.machine import imagine, obtain
from envdoc.workflow.resolve import Resolved
from envdoc.workflow.wishes import InstallWish, MachineWish

if TYPE_CHECKING:
    from envdoc.model.resolution import Wish


def from_bundle(host: Host, wish: InstallWish) -> Resolved:
    """What would be installed of the bundle; without a plan, and with findings, where it may not be.

    Raises:
        UsageError: a wish that the bundle has decided already.
    """
    from envdoc.installer.bundle.job import RefusedError
    from envdoc.installer.bundle.verify import verified

    _refuse_wishes(wish)
    folder = Path(os.path.abspath(wish.offline))  # noqa: PTH100 - resolve() follows links
    machine = obtain(host, MachineWish(env=wish.environment if wish.adopt else ""))
    if wish.what_if.asked:
        machine = imagine(machine, wish.what_if, knowledge())
    try:
        manifest = verified(folder)
    except RefusedError as refused:
        return Resolved(machine, Resolution("", "", None, findings=refused.findings), None)
    return _decided(machine, manifest, folder, wish)


def _refuse_wishes(wish: InstallWish) -> None:
    asked: Wish = wish.wish
    told = {
        "--profile": asked.profile != "auto",
        "--torch": asked.torch,
        "--python": asked.python,
        "--with": asked.with_components,
        "--without": asked.without_components,
        "--mirror": asked.mirrors,
        "--for-model": asked.model,
    }
    if wish.engine == "conda":
        raise UsageError("a bundle holds no conda packages", hint="leave `--engine` out, or take `--engine pip`")
    for option in (name for name, value in told.items() if value):
        raise UsageError(
            f"`{option}` cannot be used with `--offline`", hint="the bundle has decided it: see its manifest"
        )


def _decided(machine: Machine, manifest: Manifest, folder: Path, wish: InstallWish) -> Resolved:
    from envdoc import resolver

    foreign = _foreign(machine, manifest, folder)
    if foreign is not None:
        return Resolved(machine, _refused(manifest, (foreign,)), None, manifest.profile)
    profile, lock = manifest.profile, manifest.lock
    states = tuple(_state(source, manifest if not number else None) for number, source in enumerate(manifest.sources))
    resolution = resolver.resolve(
        manifest.wish, machine, knowledge(), {profile.id: profile}, states, locks=lambda *_: lock
    )
    without = any(each.code == "profile-gpu-absent" for each in resolution.findings) and not wish.what_if.gpus
    if without or not resolution.fits:
        resolution = replace(resolution, cuda=None)
        differs = _differs(machine, manifest, folder)
        return Resolved(machine, replace(resolution, findings=(differs, *resolution.findings)), None, profile)
    environment = os.path.abspath(wish.environment or default_environment(profile.id))  # noqa: PTH100
    plan = resolver.make_plan(
        resolution, profile, environment, machine, knowledge(), adopt=wish.adopt, locks=lambda *_: lock
    )
    lacking = sorted(_wanted(plan) - _there(manifest))
    if lacking:
        told = tuple(text("bundle-does-not-fit", "lacks", package=each) for each in lacking)
        problem = finding("bundle-does-not-fit", evidence=told, folder=folder)
        return Resolved(machine, replace(resolution, cuda=None, findings=(problem,)), None, profile)
    return Resolved(machine, resolution, _carried(plan, manifest, folder), profile, locks=lambda *_: lock)


def _refused(manifest: Manifest, findings: tuple[Finding, ...]) -> Resolution:
    return Resolution(manifest.profile.id, "", None, findings=findings)


def _foreign(machine: Machine, manifest: Manifest, folder: Path) -> Finding | None:
    """Another system, architecture or an older C library than its files are for."""
    target, libc = manifest.target, machine.os.libc.or_else("")
    evidence = []
    if (machine.os.system, machine.os.arch) != (target.system, target.arch):
        here = f"{machine.os.system.value} {machine.os.arch}"
        evidence.append(
            text("bundle-foreign", "platform", made_for=f"{target.system.value} {target.arch}", here=here)
        )
    elif target.glibc and libc and not _is_enough(libc, target.glibc):
        evidence.append(text("bundle-foreign", "libc", least=target.glibc, here=libc))
    return finding("bundle-foreign", evidence=evidence, folder=folder) if evidence else None


def _is_enough(libc: str, least: str) -> bool:
    """ "glibc 2.39", "musl 1.2": manylinux wheels run on glibc alone."""
    return libc.startswith("glibc ") and version_tuple(libc.removeprefix("glibc ")) >= version_tuple(least)


def _differs(machine: Machine, manifest: Manifest, folder: Path) -> Finding:
    """What the bundle was made for, beside what is here; why it does not fit, the resolver's findings say."""
    asked = manifest.conditions
    gpus = ", ".join(gpu.name.or_else("?") for gpu in machine.gpus.or_else(())) or text("render", "no-gpu")
    driver = drivers.of_machine(machine).version or text("render", "unknown")
    evidence = [text("bundle-does-not-fit", "gpus", made_for=", ".join(asked.gpus) or asked.cuda, here=gpus)]
    if asked.driver_least:
        evidence.append(text("bundle-does-not-fit", "driver", least=asked.driver_least, here=driver))
    return finding("bundle-does-not-fit", evidence=evidence, folder=folder)


def _state(source: Source, manifest: Manifest | None) -> SourceState:
    """The place that torch came from offers what is in the bundle; the others offer no torch."""
    offers: Fact[Offers] = known(Offers(manifest.offers if manifest else {}), "bundle")
    return SourceState(source, offers)


def _wanted(plan: Plan) -> set[str]:
    every = (pins(step.requirements) for step in plan.steps if isinstance(step, InstallPackages))
    return {f"{name}=={version}" for each in every for name, version in each.items()}


def _there(manifest: Manifest) -> set[str]:
    return {f"{name}=={version}" for name, version in pins(manifest.pins()).items()}


def _carried(plan: Plan, manifest: Manifest, folder: Path) -> Plan:
    """The plan with everything taken from the bundle."""
    made = text("install", "of-bundle", folder=folder, made=manifest.made, envdoc=manifest.envdoc)
    steps = tuple(_step(step, manifest, folder) for step in plan.steps)
    return replace(plan, steps=steps, download_mib=0, notes=(made, *plan.notes), carried=True)


def _step(step: Step, manifest: Manifest, folder: Path) -> Step:
    if isinstance(step, ProvidePython) and manifest.python_file:
        return replace(step, archive=str(folder / manifest.python_file))
    if isinstance(step, InstallWheel):
        file = folder / PACKAGES / step.file
        told = next((each.sha256 for each in manifest.files if each.path == f"{PACKAGES}/{step.file}"), "")
        return replace(step, url=file.as_uri(), sha256=told)
    if isinstance(step, InstallPackages):
        return _packages(step, manifest, folder)
    return step


def _packages(step: InstallPackages, manifest: Manifest, folder: Path) -> InstallPackages:
    """Every package that the bundle has, held at its version, with the hash of its file."""
    hashes: dict[str, tuple[str, ...]] = {}
    for each in manifest.files:
        if each.path.startswith(f"{PACKAGES}/") and each.name:
            pin = f"{each.name}=={each.version}"
            hashes[pin] = (*hashes.get(pin, ()), f"sha256:{each.sha256}")
    held = pins(step.constraints).keys()
    more = tuple(pin for pin in hashes if next(iter(pins((pin,)))) not in held)
    wheels = str(folder / PACKAGES)
    source = Source(text("install", "bundle"), SourceKind.LOCAL, wheels, SourceLayout.LINKS)
    return replace(
        step,
        constraints=(*step.constraints, *_single(more)),
        sources=(source,),
        hashes=hashes,
        hashed_only=step.id != "torch",
        download_mib=0,
    )


def _single(pinned: tuple[str, ...]) -> tuple[str, ...]:
    """Build tools may be there in two versions: such a name is not held."""
    names = [next(iter(pins((pin,)))) for pin in pinned]
    return tuple(pin for pin, name in zip(pinned, names, strict=True) if names.count(name) == 1)
