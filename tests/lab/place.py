"""Where the lab is kept, and why it cannot be made here."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
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


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """The lab for this process only: at its end every program of the prefix is ended, whoever started it.

    Raises:
        SystemExit: another process works in it.
    """
    import fcntl

    home().mkdir(parents=True, exist_ok=True)
    with (home() / "in-use").open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"another process works in {home()}; ENVDOC_LAB names another lab") from None
        yield


def why_not() -> str:
    """What is missing to make the lab; "" where nothing is."""
    if not WINE.exists() or not WINE_DLLS.exists():
        return f"no wine: apt-get install {' '.join(PACKAGES)}"
    if not shutil.which(COMPILER):
        return f"no mingw compiler: apt-get install {PACKAGES[1]}"
    return ""
