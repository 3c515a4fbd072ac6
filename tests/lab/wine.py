"""One Windows program under wine, run to its end."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import place

_KEPT = (
    "HOME",
    "USER",
    "TZ",
    "ENVDOC_UPDATE_GOLDEN",
    "ENVDOC_TEST_SEED",
    "ENVDOC_TEST_KILLS",
)  # Unix' PATH, pip's settings and the rest do not belong into a Windows


def prefix() -> Path:
    return place.home() / "prefix"


def drive() -> Path:
    """The prefix's `C:`."""
    return prefix() / "drive_c"


def unix(path: str) -> Path:
    r"""The file behind `C:\...`."""
    return drive() / path.partition(":")[2].strip("\\").replace("\\", "/")


def windows(path: Path) -> str:
    r"""`Z:\...`: wine shows Linux' files there."""
    return "Z:" + str(path.resolve()).replace("/", "\\")


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "LC_ALL": "C.UTF-8",  # wine makes file names of it
        "WINEPREFIX": str(prefix()),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        # no .NET, no browser; our ucrtbase, which forwards to wine's; no debugger that a crashed program waits for
        "WINEDLLOVERRIDES": "mscoree,mshtml=;ucrtbase=n,b;winedbg.exe=",
        "KMP_AFFINITY": "disabled",  # Intel's OpenMP asks for NUMA calls that wine 8 lacks
        **(more or {}),
    }


def serve() -> None:
    """Start wine's server and services, and let them stay: each program then starts in half a second.

    They inherit the streams of whoever starts them, and a pipe that they hold never ends: so they get none.
    """
    for argv in ([str(place.WINE.with_name("wineserver")), "-p"], [str(place.WINE), "wineboot"]):
        _quietly(argv, 120)


def stop() -> None:
    """End every Windows program of this prefix."""
    server = str(place.WINE.with_name("wineserver"))
    for word in ("-k", "-w"):
        _quietly([server, word], 60)


def _quietly(argv: list[str], seconds: float) -> None:
    nothing = subprocess.DEVNULL
    subprocess.run(
        argv, env=environment(), stdin=nothing, stdout=nothing, stderr=nothing, timeout=seconds, check=False
    )


def command(argv: Sequence[str]) -> list[str]:
    return [str(place.WINE), *argv]


def run(
    argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The program's exit code and both streams as one text. Raises TimeoutExpired."""
    return subprocess.run(
        command(argv),
        env=environment(env),
        cwd=cwd or drive(),
        input="",  # a pipe too: CPython refuses the handle that wine makes of a disk file
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
