"""`envdoc diff A B` of two environments, or `envdoc diff A` of one as it was proved and as it is: which packages
differ, which step of envdoc's or which call of pip did it, and what brings torch back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

from envdoc.errors import UsageError
from envdoc.findings import finding, text
from envdoc.host.base import Host
from envdoc.installer import journal
from envdoc.installer.dists import torch_cuda
from envdoc.installer.folder import Folder, folder_of, read_table
from envdoc.model.cuda import tag_of
from envdoc.model.environments import Difference, EnvironmentDiff
from envdoc.model.finding import Command, Finding, Severity
from envdoc.model.text import joined
from envdoc.model.value import dataclass
from envdoc.probe.provenance import Provenance, read
from envdoc.rules import commands
from envdoc.rules.quoting import command

# Distributions that one call of an installer writes stand no farther apart than this, in seconds.
_GAP = 120.0


@dataclass(frozen=True, slots=True)
class Environment:
    """One that is there: its packages by name, its journal, and the CUDA variant of its torch."""

    folder: Folder
    packages: dict[str, Provenance]
    entries: tuple[journal.Entry, ...]
    cuda: str  # "cu128", "cpu"; "" without torch


def is_environment(host: Host, path: str) -> bool:
    """Whether a path is a virtual or conda environment."""
    there = (host.stat(os.path.join(path, name)) for name in ("pyvenv.cfg", "conda-meta"))  # noqa: PTH118
    return any(each.known for each in there)


def diff(host: Host, before: str, after: str = "") -> EnvironmentDiff:
    """From one environment to another; with one alone, from what envdoc proved in it to what is there now.

    Raises:
        UsageError: a folder without packages, or one alone that envdoc never proved.
    """
    left = _environment(host, before)
    if after:
        right = _environment(host, after)
        was = {name: told.version for name, told in left.packages.items()}
        cuda = left.cuda
    else:
        right, was = left, read_table(left.folder.installed)
        cuda = ""
        if not was:
            raise UsageError(
                f"{before}: envdoc has proved nothing there, so there is nothing to compare it with",
                hint="name a second environment: `envdoc diff A B`",
            )
    told = tuple(_differences(was, right))
    changed = any(each.package == "torch" for each in told) or bool(cuda and right.cuda and cuda != right.cuda)
    found = (_torch(host, was.get("torch", ""), cuda, right),) if changed else ()
    return EnvironmentDiff(before, after or before, told, found)


def _environment(host: Host, path: str) -> Environment:
    folder = folder_of(path, host.system)
    packages = folder.site_packages
    if packages is None:
        raise UsageError(f"{path}: no environment with packages", hint="name the folder that holds pyvenv.cfg")
    told = {each.name: each for each in read(host, str(packages))}
    cuda = torch_cuda(packages)
    tag = "" if cuda is None else tag_of(cuda or None)
    return Environment(folder, told, tuple(journal.read(folder.journal)), tag)


def _differences(was: dict[str, str], now: Environment) -> Iterator[Difference]:
    for name in sorted({*was, *now.packages}):
        told = now.packages.get(name)
        after = told.version if told else ""
        if was.get(name, "") != after:
            yield Difference(name, was.get(name, ""), after, _who(told, now) if told else "")


def _who(told: Provenance, there: Environment) -> str:
    """The journal's step that left this version; else the installer that says so of itself, and what it was asked."""
    entry = _step(told, there.entries)
    if entry is not None:
        return text("diff", "by-step", step=entry.step, time=entry.time)
    when, named = _time(told.when), told.installer or text("diff", "somebody")
    if told.requested:
        return text("diff", "by-request", installer=named, time=when)
    along = joined(each.name for each in _call(told, there) if each.requested)
    return text("diff", "by-along" if along else "by-installer", installer=named, time=when, asked=along)


def _step(told: Provenance, entries: tuple[journal.Entry, ...]) -> journal.Entry | None:
    """The newest step that put this version there, if nothing has written it since. Recording an environment that
    somebody else made puts nothing there."""
    done = (each for each in entries if each.event == journal.DONE and each.step != "adopt")
    steps = [each for each in done if each.data.get(told.name) == told.version]
    if not steps:
        return None
    ended = _seconds(steps[-1].time)
    return steps[-1] if not ended or told.when <= ended + _GAP else None


def _call(told: Provenance, there: Environment) -> list[Provenance]:
    """What the same call of an installer wrote: its neighbours in time, without a gap between them."""
    every = sorted((each for each in there.packages.values() if each.when), key=lambda each: each.when)
    mine = [told]
    for ahead in (1, -1):
        last = told.when
        for each in every[::ahead]:
            if 0 <= (each.when - last) * ahead <= _GAP and each is not told and each.installer == told.installer:
                mine.append(each)
                last = each.when
    return mine


def _torch(host: Host, was: str, cuda: str, now: Environment) -> Finding:
    """What became of torch, who did it, and the line that brings the other one back."""
    told = now.packages.get("torch")
    who = _who(told, now) if told else text("diff", "nobody")
    found = (
        f"{told.version} ({now.cuda})" if told and now.cuda else (told.version if told else text("install", "none"))
    )
    return finding(
        "torch-replaced",
        summary="since",
        fix="since-fix",
        severity=Severity.WARNING,
        evidence=(who,),
        commands=_back(host, was, cuda, now),
        wanted=f"{was} ({cuda})" if cuda else was,
        found=found,
        environment=now.folder.root,
    )


def _back(host: Host, was: str, cuda: str, now: Environment) -> tuple[Command, ...]:
    root = str(now.folder.root)
    profile = next((each.profile for each in reversed(now.entries) if each.event == journal.USABLE), "")
    if profile:
        return command("envdoc", "install", "--profile", profile, "--env", root, system=host.system)
    if not was:
        return ()
    exact = was if "+" in was or not cuda else f"{was}+{cuda}"
    options = commands.torch_options((("torch", exact),), cuda) if cuda else ()
    return commands.install(
        str(now.folder.python), commands.exact((("torch", exact),)), system=host.system, options=options
    )


def _seconds(iso: str) -> float:
    """Of `2026-11-26T22:22:14Z`; 0.0 where it is none."""
    try:
        return datetime.fromisoformat(iso).timestamp()
    except ValueError:
        return 0.0


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else "?"
