"""Where the lab is kept, and why it cannot be made here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
WINE = Path("/usr/lib/wine/wine64")
WINE_DLLS = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")
COMPILER, OBJDUMP = "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-objdump"
PACKAGES = ("wine64", "gcc-mingw-w64-x86-64", "locales")  # Debian's names


def home() -> Path:
    """The lab's folder: `ENVDOC_LAB`, or one in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("ENVDOC_LAB") or Path(cache) / "envdoc-windows-lab")


def why_not() -> str:
    """What is missing to make the lab; "" where nothing is."""
    if not WINE.exists() or not WINE_DLLS.exists():
        return f"no wine: apt-get install {' '.join(PACKAGES)}"
    if not shutil.which(COMPILER):
        return f"no mingw compiler: apt-get install {PACKAGES[1]}"
    return ""
