"""What the command line asks for, as values. Light to import: the quick answers need nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from envdoc.errors import UsageError
from envdoc.model.value import dataclass

if TYPE_CHECKING:
    from envdoc.model.resolution import Wish


@dataclass(frozen=True, slots=True)
class MachineWish:
    """What the command line says of the machine. Empty fields: this machine, as it is."""

    file: str = ""
    env: str = ""
    python: str = ""
    online: bool = False
    fresh: bool = False
    thorough: bool = False
    listing: str = ""

    @property
    def another(self) -> tuple[str, ...]:
        """The options that name a machine which is not this one."""
        named = (("--machine", self.file), ("--listing", self.listing))
        return tuple(word for option in named if option[1] for word in option)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Facts replaced on the command line. Empty: nothing is replaced."""

    gpus: tuple[str, ...] = ()
    no_gpu: bool = False
    driver: str = ""
    system: str = ""
    arch: str = ""
    python: str = ""

    @property
    def asked(self) -> bool:
        return self != WhatIf()


def wish(
    profile: str,
    torch: str | None,
    python: str | None,
    added: Iterable[str] | None,
    removed: Iterable[str] | None,
    places: Iterable[str] | None,
    mirrors: Iterable[str] | None = None,
    model: str | None = None,
) -> Wish:
    """What was asked for, as written: a component that is to come from somewhere is to come.

    Raises:
        UsageError: a `--source` without component or place, a `--for-model` without a name.
    """
    from envdoc.model.resolution import Wish

    if model == "":
        raise UsageError("`--for-model` names no model", hint="name a model's folder, or `owner/model`")
    told = tuple(map(_place, places or ()))
    every = dict.fromkeys((*(added or ()), *(name for name, _ in told)))
    return Wish(
        *(profile, torch or "", python or "", tuple(every), tuple(removed or ()), told),
        mirrors=tuple(mirrors or ()),
        model=model or "",
    )


def _place(written: str) -> tuple[str, str]:
    """`llama.cpp=../llama.cpp` as component and place; a folder or file from the root."""
    name, equals, place = (part.strip() for part in written.partition("="))
    if not (name and equals and place):
        raise UsageError(f"`--source {written}` names no place", hint="write `--source COMPONENT=FOLDER|ARCHIVE|URL`")
    from envdoc.components import registry

    here = "://" not in place and place != "index" and not place.startswith(("git@", "prebuilt"))
    return registry.canonical(name), os.path.abspath(place) if here else place  # noqa: PTH100 - links stay


@dataclass(frozen=True, slots=True)
class InstallWish:
    """What the command line asks of an installation."""

    wish: Wish
    environment: str = ""
    engine: str = "uv"
    what_if: WhatIf = WhatIf()
    adopt: bool = False
    offline: str = ""  # the bundle to install from
    mend: tuple[str, ...] = ()  # requirements that the findings' own remedies name: these alone are installed


@dataclass(frozen=True, slots=True)
class FleetWish:
    """What the command line asks. `envdoc` is its path on the machines, "" where it is looked for."""

    hosts: str
    env: str = ""
    paths: tuple[str, ...] = ()
    ssh_config: str = ""
    envdoc: str = ""
    seconds: float = 60.0
