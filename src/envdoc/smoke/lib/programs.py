"""Programs of this environment: PATH may lead to another environment's."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def beside_python(kit: Kit, name: str) -> str:
    """The program that stands beside this Python; the proof fails where the environment lacks it."""
    file = name + (".exe" if os.name == "nt" else "")
    places = [Path(folder) / file for folder in (Path(sys.executable).parent, sysconfig.get_path("scripts"))]
    found = [str(place) for place in places if place.exists()]
    if not found:
        kit.fail("command-failed", f"`{name}` is not in the environment though its package is")
    return found[0]
