"""Who and where: the names of this machine that must not leave it in a report."""

from __future__ import annotations

import ntpath
import posixpath
from collections.abc import Iterable

from envdoc.host.base import Host
from envdoc.model.machine import System
from envdoc.rules.masks.people import Identity, telling


def identity_of(host: Host) -> Identity:
    """The names of this user and computer, as far as `host` tells them."""
    environ = host.environ
    homes = _told(environ.get(name, "") for name in ("HOME", "USERPROFILE"))
    users = _told(environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME", "SUDO_USER"))
    flavour = ntpath if host.system is System.WINDOWS else posixpath
    named = _told(flavour.basename(home.rstrip("/\\")) for home in homes)
    full = _told((environ.get("HOSTNAME", ""), environ.get("COMPUTERNAME", ""), *_hostnames(host)))
    short = _told(name.partition(".")[0] for name in full)
    return Identity(
        tuple(dict.fromkeys(name for name in (*users, *named) if telling(name))),
        tuple(home for home in homes if telling(flavour.basename(home.rstrip("/\\")))),
        tuple(dict.fromkeys(name for name in (*full, *short) if telling(name))),
    )


def _hostnames(host: Host) -> tuple[str, ...]:
    if host.system is not System.LINUX:
        return ()
    return tuple(host.read(path).or_else("").strip() for path in ("/proc/sys/kernel/hostname", "/etc/hostname"))


def _told(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
