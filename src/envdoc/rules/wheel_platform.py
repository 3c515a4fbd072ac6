"""What a bundle's target is called by uv, and which C library a wheel's name asks for."""

from __future__ import annotations

import re

from envdoc.model.machine import System

# The oldest glibc that the locks were made for: RHEL 8, Ubuntu 20.04, Debian 11 and newer.
_PLATFORMS = {
    (System.LINUX, "x86_64"): "x86_64-manylinux_2_28",
    (System.LINUX, "aarch64"): "aarch64-manylinux_2_28",
    (System.WINDOWS, "x86_64"): "x86_64-pc-windows-msvc",
}
_OLD = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}  # PEP 600


def of_uv(system: System, arch: str) -> str:
    """`--python-platform` for the target; "" where bundles are made for no such machine."""
    return _PLATFORMS.get((system, arch), "")


def glibc_needed(file: str) -> tuple[int, int] | None:
    """The least glibc that a wheel may be installed on, by its name; None where it asks for none.

    `x-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl` -> (2, 17): any one of its tags is enough.
    """
    if not file.endswith(".whl"):
        return None
    least = [
        told for tag in file.removesuffix(".whl").rpartition("-")[2].split(".") if (told := _of_tag(tag)) is not None
    ]
    return min(least, default=None)


def _of_tag(tag: str) -> tuple[int, int] | None:
    found = re.match(r"manylinux_(\d+)_(\d+)_", tag)
    if found:
        return int(found[1]), int(found[2])
    return next((told for name, told in _OLD.items() if tag.startswith(f"{name}_")), None)
