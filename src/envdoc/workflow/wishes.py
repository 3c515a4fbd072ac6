"""What the command line asks for, as values. Light to import: the quick answers need nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class InstallWish:
    """What the command line asks of an installation."""

    wish: Wish
    environment: str = ""
    engine: str = "uv"
    mirrors: tuple[str, ...] = ()
    what_if: WhatIf = WhatIf()
    adopt: bool = False
    offline: str = ""  # the bundle to install from
